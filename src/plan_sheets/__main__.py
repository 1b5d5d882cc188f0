"""`python -m plan_sheets` is the command `plan-sheets`."""

from plan_sheets.cli import main

if __name__ == "__main__":
    main()
