"""The sharing policy: an agreement and the markings of an object in, a decision with its reasons out. Pure.

Two questions are answered here, and nowhere else:

* `release.decide_release`: may this audience be shown this object version?
* `intake.decide_intake`: is this pushed object taken?

Every rule is a small function with an id and a sentence (`rules.Rule`). How they combine is the same for both:

1. All rules are asked, always; a rule says nothing, grants, or objects.
2. One objection is enough to withhold or to refuse. What no rule speaks about is still bound by membership, dates
   and rights, which always speak. A marking that nobody understands is an objection (design, law 3).
3. One rule on each side outranks others: a member is shown its own organisation's contributions whatever they are
   marked with, and a definition that equals the registry's is taken from whoever may push. Neither outranks
   membership, dates or rights.

Which contributions of one object id an audience's log holds, when several organisations contributed it, is decided
after that, by `lines.shown`.

Words that have one meaning in this package:

* *handling*: what the markings of a version ask for, normalised (`handling`);
* *terms*: what the agreement grants (`partnership`). What is absent is not granted;
* *audience*: a member, or one account of a member that is named for RED;
* *line*: the versions of one object id from one *origin*: its owner, or one submitter (`lines`);
* *cap*: the handling of the newest version of a line, which binds the earlier ones too;
* *registry*: the marking definitions that everybody knows, TLP above all (`markings`).

docs/policy.md names every rule with an example.
"""
