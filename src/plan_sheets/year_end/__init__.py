"""The year's end: what is in its way, what it says of the year, and next year's plan.xlsx."""
