"""The mathematics behind the measures: functions that know no database."""
