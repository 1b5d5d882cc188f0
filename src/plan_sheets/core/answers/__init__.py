"""What a cell means: dates, choices, tidying, the rules, the merge, settling."""
