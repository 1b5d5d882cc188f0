"""xls and xlsb: what their records tell."""
