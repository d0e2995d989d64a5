"""The test people and dwellings that these tests name, by what they are for."""

MARIA = "19850312T4240"
FAMILY = ["19850312T4240", "19831102T4318", "20140621T4387", "20180130T4452"]
JONAS = "19920905T4523"  # lives alone, owns no vehicle
SVEN = "19740606T5360"  # NPR is never sure of him
ROBIN = "19990228T5437"  # unknown to NPR
INGRID = "19571111T5500"  # SIA rejects her with code 17
NEW_HOME = "AU-20020001"  # Orchard Road 8, room for six
FULL_HOME = "AU-20020003"  # two may live there and two do
