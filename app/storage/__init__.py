"""Storage: the only package that imports SQLAlchemy.

`engine` opens transactions, `tables` holds the schema, `dialects` every difference between SQLite and PostgreSQL;
each further module is one store: functions that take a transaction and domain values and give domain values back.
No row, statement or session leaves this package, and only a use case opens and so ends a transaction.
"""
