"""Any workbook, looked at beyond its values."""
