"""Rows of the FDA's NDC directory, in the columns in which it is published or handed on."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from clinic_api.errors import Unacceptable

#: What a row says, and the columns that say it: in the directory's own two tables, and where they were joined.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "ndc": ("ndcpackagecode", "ndc_package_code", "package_ndc", "ndc"),
    "product_ndc": ("productndc", "product_ndc"),
    "description": ("packagedescription", "package_description", "package"),
    "proprietary": ("proprietaryname", "proprietary_name", "proprietary"),
    "nonproprietary": ("nonproprietaryname", "nonproprietary_name", "nonproprietary"),
    "substance": ("substancename", "substance_name", "substance"),
    "form": ("dosageformname", "dosage_form_name", "dosage_form"),
    "route": ("routename", "route_name", "route"),
    "labeler": ("labelername", "labeler_name", "labeler"),
    "strength": ("active_numerator_strength", "strength"),
    "unit": ("active_ingred_unit", "unit"),
    "category": ("producttypename", "product_type_name", "marketingcategoryname"),
    "schedule": ("deaschedule", "dea_schedule"),
}
MOST_ROWS: Final = 2_000
#: A value of the directory is short; what is longer is no value of it.
LONGEST: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryRow:
    """One package as the directory describes it; a column that the table has not is None, an empty one is blank.

    Args:
        number: its line, the heading being the first.
        schedule: the DEA schedule: None where the table does not say, blank where it says that there is none.
    """

    number: int
    ndc: str
    description: str
    proprietary: str | None = None
    nonproprietary: str | None = None
    substance: str | None = None
    form: str | None = None
    route: str | None = None
    labeler: str | None = None
    strength: str | None = None
    unit: str | None = None
    category: str | None = None
    schedule: str | None = None


@dataclass(eq=False)
class NotADirectory(Unacceptable):
    """The text is no table of packages."""

    why: str

    def __str__(self) -> str:
        return f"{self.why}; send the table as it is published, with its heading, between commas or tabs"


def read_directory(packages: str, products: str | None = None) -> tuple[DirectoryRow, ...]:
    """The packages of a table, each with what the table of products says of it.

    Args:
        packages: a table with a code and a description in each row, between commas or tabs.
        products: the directory's other table, where the first one is its table of packages alone.

    Raises:
        NotADirectory: a table or a column is missing, or there are too many rows.
    """
    rows = _table(packages)
    if "ndc" not in rows[0] or "description" not in rows[0]:
        raise NotADirectory("A column with the package's code and one with its description are needed")
    if products is None:
        return tuple(_row(number, row) for number, row in enumerate(rows, start=2))
    about = {row.get("product_ndc", ""): row for row in _table(products)}
    return tuple(_row(number, about.get(row.get("product_ndc", ""), {}) | row) for number, row in enumerate(rows, 2))


def _row(number: int, said: Mapping[str, str]) -> DirectoryRow:
    return DirectoryRow(number=number, **{name: value for name, value in said.items() if name != "product_ndc"})


def _table(text: str) -> list[dict[str, str]]:
    lines = text.lstrip("\ufeff").splitlines()
    if not lines:
        raise NotADirectory("The table is empty")
    between = "\t" if "\t" in lines[0] else ","
    try:
        heading, *rows = csv.reader(lines, delimiter=between, strict=True)
    except csv.Error as broken:
        raise NotADirectory(f"The table cannot be read ({broken})") from None
    rows = [row for row in rows if row]
    _check_size(rows, len(heading))
    places = _places(heading)
    return [{name: row[place].strip() for name, place in places.items()} for row in rows]


def _check_size(rows: list[list[str]], columns: int) -> None:
    if not rows:
        raise NotADirectory("The table has no rows")
    if len(rows) > MOST_ROWS:
        raise NotADirectory(f"The table has {len(rows)} rows, and {MOST_ROWS} are taken at a time")
    if any(len(row) != columns for row in rows):
        raise NotADirectory("A row has more or fewer columns than the heading")
    if any(len(value) > LONGEST or not value.isprintable() for row in rows for value in row):
        raise NotADirectory("A value is too long, or holds characters that cannot be printed")


def _places(heading: list[str]) -> dict[str, int]:
    said = [name.strip().lower() for name in heading]
    return {
        name: said.index(next(column for column in columns if column in said))
        for name, columns in COLUMNS.items()
        if any(column in said for column in columns)
    }
