"""Builds of the product that lack one promise each, and the tests that have to notice."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """Text of one file that is there exactly once, and what takes its place."""

    file: str
    text: str
    instead: str


@dataclass(frozen=True)
class Mutant:
    """A build that lacks one promise. `caught_by` are the tests of which one has to fail."""

    name: str
    changes: Sequence[Change]
    caught_by: Sequence[str]


WRITERS = "tests/exchange/test_several_writers.py::test_dates_follow_commits_whoever_commits"
TIME = "tests/exchange/test_time.py"
APPLY = "tests/exchange/test_apply.py"
BATCHES = "tests/laws/test_law_2_in_batches.py"
TURNS = "tests/laws/test_law_2_others_turns.py"
BREAK_GLASS = "tests/exchange/test_break_glass.py"
AGREED = "tests/exchange/test_derivatives_agreed.py"
DERIVATIVES = "tests/exchange/test_derivatives.py"
LAW_1 = "tests/laws/test_law_1_nothing_is_missed.py"

MUTANTS = (
    Mutant(
        "heads are not locked",
        [
            Change("app/storage/dialects.py", "    return statement.with_for_update()", "    return statement"),
            Change(
                "app/storage/dialects.py",
                '    if connection.dialect.name == "postgresql":\n        lock = func',
                '    if connection.dialect.name == "neither":\n        lock = func',
            ),
        ],
        [f"{WRITERS}[postgresql-clocks agree]", f"{WRITERS}[postgresql-one is behind]"],
    ),
    Mutant(
        "heads are read before they are locked",
        [
            Change(
                "app/storage/deliveries.py",
                '        found.update((row[0], Head(*row)) for row in transaction.execute(_HEADS, {"of": part}))',
                "        seen = select(head.c.audience, head.c.last_date, head.c.revision)\n"
                "        rows = transaction.execute(seen.where(head.c.audience.in_(part)))\n"
                "        found.update((row[0], Head(*row)) for row in rows)\n"
                '        __import__("time").sleep(0.05)\n'
                '        transaction.execute(_HEADS, {"of": part}).all()',
            ),
        ],
        [f"{WRITERS}[postgresql-clocks agree]", f"{WRITERS}[postgresql-one is behind]"],
    ),
    Mutant(
        "the clock is read before the heads are locked, and nobody looks at it again",
        [
            Change(
                "app/exchange/floor.py",
                "    audiences = revisions.audiences(transaction, [row.id for row in collections])\n"
                "    heads = deliveries",
                "    audiences = revisions.audiences(transaction, [row.id for row in collections])\n"
                '    __import__("time").sleep(0.3)\n'
                "    heads = deliveries",
            ),
            Change(
                "app/storage/deliveries.py",
                "    earliest = _now(transaction, clock) + allowance",
                "    earliest = heads_read_at + allowance",
            ),
            Change(
                "app/storage/deliveries.py",
                "    rows: Mapping[int, Sequence[NewRow]],\n) -> dict[int, Dated]:",
                "    rows: Mapping[int, Sequence[NewRow]],\n    heads_read_at: int,\n) -> dict[int, Dated]:",
            ),
            Change(
                "app/exchange/settle.py",
                "exchange.clock, allowance, heads, appended))",
                "exchange.clock, allowance, heads, appended, milliseconds(each.floor.now)))",
            ),
            Change(
                "app/storage/deliveries.py",
                "        if not near:\n            break",
                "        break",
            ),
            Change("app/exchange/changing.py", "dates.first < now}", "dates.first < 0}"),
        ],
        [f"{WRITERS}[postgresql-clocks agree]"],
    ),
    Mutant(
        "a feed that repeats itself is new every time",
        [Change("app/feeds/versions.py", "    if repeated == known:\n", "    if False:\n")],
        ["tests/feeds/test_feeds.py::test_a_changed_row_is_a_new_version_and_keeps_its_creation"],
    ),
    Mutant(
        "firewalls block what nobody holds for bad any more",
        [Change("app/exchange/export.py", "valid=True if wanted.valid else None", "valid=None")],
        ["tests/exports/test_exports.py::test_what_is_revoked_or_ends_leaves_the_exports"],
    ),
    Mutant(
        "firewalls block what is bad only together with something else",
        [Change("app/exports/told.py", "ComparisonGroup(operator=BooleanOperator.OR)", "ComparisonGroup()")],
        ["tests/exports/test_exports.py::test_an_export_holds_exactly_the_values_of_what_the_account_could_pull"],
    ),
    Mutant(
        "what is told by an unchanged export is off the record",
        [
            Change(
                "app/exchange/export.py",
                "told.etag), (record,) if dates else ()",
                "told.etag), ()",
            )
        ],
        ["tests/exports/test_exports.py::test_what_is_exported_is_on_the_record_also_where_nothing_has_changed"],
    ),
    Mutant(
        "one list of two organisations is one object",
        [
            Change(
                "app/feeds/reading.py",
                "signer = mapping.creator.id if mapping.creator else sender",
                'signer = mapping.creator.id if mapping.creator else ""',
            )
        ],
        ["tests/feeds/test_feeds.py::test_a_list_that_two_organisations_send_is_two_organisations_word"],
    ),
    Mutant(
        "the newest version of a line has no say over the earlier ones",
        [
            Change(
                "app/policy/lines.py",
                "    return Cap(handling, frozenset(submitter for _, submitter in of_newest), dated_by(newest))",
                "    return None",
            )
        ],
        ["tests/policy/test_policy_laws.py", "tests/laws/test_law_2_oracles_of_the_review.py"],
    ),
    Mutant(
        "what is closed or revoked in another name than before is taken, and stays open",
        [
            Change(
                "app/exchange/own.py",
                "signers=frozenset(identity_of(row.origin) for row in every),",
                "signers=frozenset(),",
            )
        ],
        [
            "tests/laws/test_law_7_only_its_creator.py::test_the_name_of_an_object_is_kept_across_collections_until_it_is_deleted"
        ],
    ),
    Mutant(
        "what is newest or first again is not appended again",
        [Change("app/exchange/comparing.py", "    if not gone or not kept:\n", "    if True:\n")],
        [f"{LAW_1}::test_a_version_that_is_first_again_comes_to_a_poller_of_first_versions"],
    ),
    Mutant(
        "what a revision takes back stays in the logs",
        [
            Change(
                "app/exchange/settle.py",
                "    deliveries.retire(transaction, withheld, ended, deliveries.WITHHELD)\n",
                "",
            )
        ],
        [
            "tests/laws/test_law_8_policy_acts_at_once.py::test_reading_that_is_taken_and_given_back_brings_everything_again"
        ],
    ),
    Mutant(
        "each batch begins one contribution too late",
        [Change("app/exchange/jobs.py", "after=batch[-1].id, appended", "after=batch[-1].id + 1, appended")],
        [f"{TIME}::test_batches_go_on_where_a_process_has_died"],
    ),
    Mutant(
        "pages show what has expired until it is swept",
        [
            Change(
                "app/storage/log_rows.py",
                'log.c.not_after > bindparam("now"))',
                "log.c.not_after.is_not(None))",
            )
        ],
        [f"{TIME}::test_a_version_is_shown_to_nobody_from_its_end_on_before_anything_is_swept"],
    ),
    Mutant(
        "nobody looks whether a commit came too late for its dates",
        [Change("app/exchange/changing.py", "    while late:\n", "    while False:\n")],
        [f"{TIME}::test_rows_of_a_transaction_that_stalled_are_dated_after_they_can_be_read"],
    ),
    Mutant(
        "nobody looks at the dates of a process that died",
        [Change("app/exchange/sweep.py", "    if left:\n", "    if False:\n")],
        [f"{TIME}::test_rows_of_a_process_that_died_in_a_commit_that_stalled_are_dated_again_by_the_sweeper"],
    ),
    Mutant(
        "a version that had ended stands again under its old date",
        [
            Change(
                "app/exchange/comparing.py",
                "        ended = [row for row in present if row.not_after is not None and row.not_after <= self.now]\n",
                "        ended: list[Delivered] = []\n",
            )
        ],
        [f"{TIME}::test_a_version_that_had_ended_and_may_be_shown_for_longer_comes_again_and_a_plan_says_so"],
    ),
    Mutant(
        "a large batch is dated further ahead than a small one",
        [
            Change(
                "app/storage/deliveries.py",
                "_dates(max(earliest, heads[audience].last_date + 1), count)",
                "_dates(max(earliest + count // PACE_ROWS_PER_MILLISECOND, heads[audience].last_date + 1), count)",
            )
        ],
        ["tests/laws/test_law_2_in_batches.py::test_what_comes_late_in_several_batches_is_dated_as_in_one"],
    ),
    Mutant(
        "a clock that is set back dates rows by what it shows then",
        [
            Change("app/composition.py", "clock=SteadyClock(clock)", "clock=clock"),
            Change(
                "app/storage/deliveries.py",
                "    return max(milliseconds(clock.now()), dates.greatest_reading(transaction))",
                "    return milliseconds(clock.now())",
            ),
        ],
        [f"{TIME}::test_what_is_pushed_after_a_clock_was_set_back_comes_to_who_goes_by_a_clock_of_its_own"],
    ),
    Mutant(
        "a late commit is not dated again where its rows have been taken over",
        [
            Change(
                "app/storage/deliveries.py",
                "    for audience, given in {**taken_over, **on_record}.items():",
                "    for audience, given in on_record.items():",
            )
        ],
        [f"{TIME}::test_rows_that_were_read_late_are_dated_again_also_in_a_log_that_has_taken_them_over"],
    ),
    Mutant(
        "an account named for RED begins with an empty log",
        [Change("app/exchange/apply.py", "deliveries.take_over(transaction, key, shared.id)", "pass")],
        [f"{APPLY}::test_an_account_that_is_named_for_red_is_shown_no_less_at_any_instant"],
    ),
    Mutant(
        "a colleague's `next` is followed as far as it goes",
        [Change("app/exchange/pull.py", "min(bookmark.cursor, log_read.began)", "bookmark.cursor")],
        [f"{APPLY}::test_a_colleagues_next_takes_a_named_account_past_nothing_of_its_own_log"],
    ),
    Mutant(
        "a definition that is waiting is not brought along",
        [Change("app/exchange/settle.py", "(audience.id, each.row.id) in wanted", "not wanted")],
        [f"{APPLY}::test_definitions_come_in_batches_too_and_before_what_they_mark"],
    ),
    Mutant(
        "definitions stand in the order in which their batches bring them",
        [Change("app/exchange/settle.py", "for each in (*before, key) if each in left", "for each in (key,)")],
        [f"{APPLY}::test_definitions_come_in_one_order_wherever_batches_are_cut"],
    ),
    Mutant(
        "nobody who applies waits for another",
        [
            Change(
                "app/storage/revisions.py",
                "    dialects.queue_to_revise(transaction)\n    held = ",
                "    held = ",
            )
        ],
        [f"{APPLY}::test_of_two_that_apply_at_once_one_is_told_to_plan_anew"],
    ),
    Mutant(
        "what refers to something is not settled with it",
        [Change("app/exchange/closure.py", "    while new:\n", "    while False:\n")],
        ["tests/exchange/test_closure.py::test_what_leads_to_something_hidden_is_withheld_and_comes_with_it"],
    ),
    Mutant(
        "who touches an object does what time has left to the sweeper",
        [Change("app/exchange/comparing.py", "            not self.sweeping\n", "            False\n")],
        [f"{BATCHES}::test_what_stands_in_for_what_has_ended_is_not_brought_forward_by_what_is_hidden"],
    ),
    Mutant(
        "what refers to something comes before what it refers to has had its turn",
        [Change("app/exchange/waiting.py", "        return not self.questions.closes or", "        return True or")],
        [f"{BATCHES}::test_what_refers_to_something_released_is_not_brought_forward_by_what_is_hidden"],
    ),
    Mutant(
        "what time has done for others waits for everybody",
        [Change("app/exchange/waiting.py", "return row.id not in self._before[since].granted", "return True or self")],
        [f"{TURNS}::test_what_has_a_turn_for_others_is_not_held_up_for_who_may_see_it_now"],
    ),
    Mutant(
        "a batch for others waits for everybody",
        [Change("app/exchange/waiting.py", "return row.id not in self._under[base].granted", "return True or self")],
        [f"{TURNS}::test_what_has_a_turn_for_others_is_not_held_up_for_who_may_see_it_now"],
    ),
    Mutant(
        "a revision forgets what the one before has yet to append",
        [
            Change(
                "app/exchange/apply.py",
                "partnership.revision - 1 if waiting is None else waiting",
                "partnership.revision - 1",
            )
        ],
        [f"{TURNS}::test_of_two_revisions_the_later_of_which_is_others_each_batch_has_its_turn"],
    ),
    Mutant(
        "who leaves takes its terms along",
        [Change("app/exchange/apply.py", "        if mistakes:\n", "        if False:\n")],
        ["tests/exchange/test_leaving.py::test_nobody_takes_a_members_terms_from_what_they_hold_back"],
    ),
    Mutant(
        "a step of the sweeper is cut",
        [
            Change(
                "app/storage/dues.py",
                "order_by(due.c.contribution)\n    since = dict[int, int](map(tuple, transaction.execute(found)))\n"
                "    transaction.execute(delete(due).where(by_now))",
                "order_by(due.c.at, due.c.contribution).limit(3)\n"
                "    since = dict[int, int](map(tuple, transaction.execute(found)))\n"
                "    transaction.execute(delete(due).where(due.c.contribution.in_(list(since))))",
            )
        ],
        [
            f"{BATCHES}::test_what_takes_the_place_of_what_ends_comes_in_one_order_in_however_many_steps",
            f"{BATCHES}::test_what_refers_to_something_due_comes_in_one_order_in_however_many_steps",
            f"{BATCHES}::test_what_comes_by_its_age_comes_in_one_order_whatever_ages_others_take",
        ],
    ),
    Mutant(
        "what waits for an officer stands in the logs",
        [
            Change(
                "app/exchange/push.py",
                "            state=LIVE if taken.held is None else HELD,",
                "            state=LIVE,",
            )
        ],
        ["tests/exchange/test_quarantine.py::test_what_is_held_is_a_success_that_nobody_sees_until_it_is_released"],
    ),
    Mutant(
        "what officers have opened ends when somebody sweeps",
        [Change("app/policy/release.py", "    return min(again, default=None)\n", "    return None\n")],
        [f"{BREAK_GLASS}::test_what_two_officers_open_comes_to_who_kept_polling_and_is_gone_at_its_end"],
    ),
    Mutant(
        "a revision of files closes what officers have opened",
        [Change("app/exchange/in_force.py", "kept_under(partnership, old.clauses) if old is not None else ()", "()")],
        [f"{BREAK_GLASS}::test_what_the_agreement_comes_to_grant_meanwhile_stays"],
    ),
    Mutant(
        "what happens to what was cut makes a version of the derivative",
        [Change("app/exchange/following.py", "if newest is None or newest[1] != wanted:", "if True:")],
        [f"{DERIVATIVES}::test_what_happens_to_what_was_cut_leaves_no_trace"],
    ),
    Mutant(
        "members are given one another's derivatives",
        [Change("app/policy/release_rules/derivatives.py", "if partner != derived.member:", "if False:")],
        [f"{DERIVATIVES}::test_every_member_has_a_derivative_of_its_own_of_what_is_for_its_levels"],
    ),
    Mutant(
        "what its giver has withdrawn is shown on that one's terms",
        [Change("app/exchange/following.py", "if taker is not None:", "if False:")],
        [f"{AGREED}::test_what_its_giver_withdraws_is_shown_as_its_next_giver_lets_it_be"],
    ),
    Mutant(
        "what has left a line is bound by nothing there",
        [Change("app/policy/lines.py", "if is_named(each) and each != origin)", "if False)")],
        [
            "tests/exchange/test_lines_left.py::test_a_right_that_is_taken_away_opens_nothing",
            "tests/policy/test_origins.py::test_a_contribution_has_left_the_owners_lines_in_which_it_stood_and_no_other",
        ],
    ),
    Mutant(
        "the end of a derivative goes to who was never shown it",
        [
            Change(
                "app/exchange/asked.py",
                "(each.row.object, audience.id) not in self._all.ever_shown,",
                "False,",
            )
        ],
        [f"{AGREED}::test_embargoes_and_ends_count_from_when_the_original_was_received"],
    ),
    Mutant(
        "what others give under a derivative's id takes its place",
        [
            Change(
                "app/policy/lines.py",
                "key=lambda c: (not c.derived, VIA in c.origin,",
                "key=lambda c: (VIA in c.origin,",
            )
        ],
        [f"{DERIVATIVES}::test_a_partner_can_neither_take_nor_use_what_is_the_exchanges"],
    ),
    Mutant(
        "analysts find values that an older version named",
        [
            Change(
                "app/storage/log_rows.py",
                "            newest(),\n        )\n    )\n",
                "        )\n    )\n",
            )
        ],
        ["tests/analyst/test_lookup.py::test_each_analyst_finds_what_its_partner_may_see"],
    ),
    Mutant(
        "analysts are given rows whose date has yet to come",
        [Change("app/exchange/changes.py", " if row.date_added <= answer.instant]", "]")],
        ["tests/analyst/test_changes.py::test_who_goes_on_from_until_is_given_each_new_object_once"],
    ),
    Mutant(
        "a search walks other logs beside its own",
        [
            Change(
                "app/storage/searches.py",
                "delivery.c.audience == bindparam",
                "delivery.c.audience >= bindparam",
            )
        ],
        ["tests/analyst/test_search.py", "tests/laws/test_law_9_analysts.py"],
    ),
)
