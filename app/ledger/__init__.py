"""The ledger: the record of what was offered to whom, when and under which revision. Pure: values in, values out."""
