"""Legal calendars as data: weekends and public holidays by rule, and when a legal time ends on one.

A calendar is a JSON file, ``<name>.json``, here or in a folder that :func:`add_folder` names. A holiday falls
on a day of the year (``on``), so many days from Easter (``easter``), on the first weekday from a day
(``weekday`` 1-7 and ``from``), or on one date alone (``date``); ``since`` and ``until`` are years.
"""

from workflows.definitions.calendars.calendar import Calendar, CalendarWrong, easter
from workflows.definitions.calendars.reading import add_folder, calendar, names

__all__ = ["Calendar", "CalendarWrong", "add_folder", "calendar", "easter", "names"]
