"""The mathematics behind the measures: functions of arrays, which know no database and no model's name."""
