"""What a person reads: differences in groups, with all that is needed to repeat one; and what was compared."""

import dns.message

_GROUPS_SHOWN = 50


def as_text(wire):
    """As dig would show it; what is not a message as bytes."""
    if wire is None:
        return "    (silence)"
    try:
        message = dns.message.from_wire(wire, ignore_trailing=True, continue_on_error=True)
        text = message.to_text()
    except Exception as error:  # pylint: disable=broad-except  # broken on purpose, in ways dnspython may not expect
        text = f"(not a message: {error}) {wire.hex()}"
    return "\n".join("    " + line for line in text.splitlines())


def _repeat(script, question, seed):
    return f"{script} --seed {seed} --only {question}"


def exchange(question, names, answers):
    lines = [f"  question ({question.kind}): {question}", as_text(question.wire)]
    for name, answer in zip(names, answers):
        lines += [f"  {name}:{'' if answer is None else ' ' + answer.hex()}", as_text(answer)]
    return "\n".join(lines)


def grouped(differences):
    groups = {}
    for difference in differences:
        groups.setdefault(difference.group, []).append(difference)
    return sorted(groups.items(), key=lambda item: -len(item[1]))


def unexplained(differences, names, script, seed):
    """Each group once, with its shortest question."""
    groups = grouped(differences)
    lines = [f"{len(differences)} differences in {len(groups)} groups"]
    for (kind, aspect, agreed, ours), members in groups[:_GROUPS_SHOWN]:
        shortest = min(members, key=lambda difference: len(difference.question.wire))
        lines += ["", f"{len(members)} times, {kind}: {aspect}: the peers say {agreed}, dnsd {ours}",
                  exchange(shortest.question, names, shortest.answers),
                  f"  to repeat it: {_repeat(script, shortest.question, seed)}"]
    for (kind, aspect, agreed, ours), members in groups[_GROUPS_SHOWN:]:
        lines.append(f"{len(members)} times, {kind}: {aspect}: the peers say {agreed}, dnsd {ours}: "
                     f"{members[0].question}")
    return "\n".join(lines)


def faults(found, script, seed):
    """What is wrong with dnsd's answers in themselves: each sentence once, with its shortest question."""
    groups = {}
    for question, sentence, answer in found:
        groups.setdefault(sentence, []).append((question, answer))
    lines = [f"{len(found)} answers of dnsd are not of right form"]
    for sentence, members in sorted(groups.items(), key=lambda item: -len(item[1])):
        question, answer = min(members, key=lambda member: len(member[0].wire))
        lines += ["", f"{len(members)} times: {sentence}", f"  question ({question.kind}): {question}",
                  as_text(question.wire), f"  dnsd: {answer.hex()}", as_text(answer),
                  f"  to repeat it: {_repeat(script, question, seed)}"]
    return "\n".join(lines)


def summary(outcome):
    comparison, (factor, question) = outcome.comparison, outcome.amplified
    lines = [f"{comparison.questions} questions in {outcome.seconds:.0f} s",
             f"over UDP dnsd answered with at most {factor:.1f} times the bytes of the query: {question}",
             "the three peers agree in"]
    lines.append("  " + ", ".join(f"{aspect} {count}" for aspect, count in comparison.agreed.items()))
    for name, count in outcome.explained.items():
        lines.append(f"  deviation {name}: {count} times{'' if count else ' (never used: take it out?)'}")
    return "\n".join(lines)


def alone(comparison):
    """Not failures: two of the three agree, the third has its own view, and dnsd has yet another."""
    groups = sorted(comparison.alone.items(), key=lambda item: -item[1][0])
    lines = [f"dnsd stands alone against two of three in {len(groups)} groups (no failure):"]
    lines += [f"  {count:6} {kind}: {aspect}: two say {most}, dnsd {ours}: {question}"
              for (kind, aspect, most, ours), (count, question) in groups[:60]]
    return "\n".join(lines)
