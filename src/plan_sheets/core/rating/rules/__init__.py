"""What judges how an action stands: the RAG rules, their thresholds, the roll-up, what is escalated, overrides."""
