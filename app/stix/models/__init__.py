"""The standard as pydantic models: they judge an object, and nothing of what they build is kept.

Strict: a string is a string, an integer no float and no boolean, null is no value. What a model does not know is left
alone. Co-constraints are in `co_constraints` of each model. A property that may be absent has the default `ABSENT`,
which is no value of its type, so that a null is refused.

* `data_types`: the common data types of section 2, and references by the types they may point at.
* `parts`: `Part`, of which every model is made, and the parts that all objects share.
* `domain_objects`, `indicators`, `analyses`, `relationships`, `meta_objects`: sections 4, 5 and 7.
* `observables`, `hosts`, `networks`, `files`: section 6 with its predefined extensions.
* `stix20`: STIX 2.0, more lightly.
* `catalogue`: which model judges which type.
"""
