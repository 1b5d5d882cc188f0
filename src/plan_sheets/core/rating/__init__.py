"""How an action, a priority and a board stand."""
