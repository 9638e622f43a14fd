"""What people write in `collections/` and `mappings/`, read into values, with errors that name file, line and remedy.

In the order in which a text meets them:

* `directory` finds the files; `yaml_document` reads YAML 1.2 into plain values and keeps the line of each.
* `partners_file` and `partnership_file` say which keys there are; `fields` what may stand in them.
* `agreements` does all of it for both kinds of files and gives `app.policy.partnership` values; `cross_checks` looks
  at what only the whole exchange can show; `mistakes` words what is wrong with the shape of one file.
* `differences` says in sentences what a new state of the files changes; `editor_schema` is for editors.
"""
