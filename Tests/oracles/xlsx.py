"""Reads a workbook with openpyxl and prints it: of each sheet its name, then each row as JSON. Dates are shown with the form that
the cell gives them, and texts without Excel's escapes."""

import datetime
import json
import sys

import openpyxl
from openpyxl.utils.escape import unescape


def shown(cell):
    value = cell.value
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return f"{value.isoformat()} {cell.number_format}"
    if isinstance(value, str):
        assert cell.data_type != "f", cell
        return unescape(value)
    if isinstance(value, float) and cell.number_format != "General":
        return [value, cell.number_format]
    return value


book = openpyxl.load_workbook(sys.argv[1])
for sheet in book.worksheets:
    assert sheet.freeze_panes == "A2"
    print("#", sheet.title)
    for row in sheet.iter_rows():
        print(json.dumps([shown(cell) for cell in row], ensure_ascii=False))
