"""plan.xlsx read back: its cells, what a planner should look at, how the plan moves, what is of another year."""
