"""What the clients of the fault tests send: invoices (two events each), entries (one), and some
that a book refuses."""

import json

LINE = {"kind": "charge", "text": "Advice", "quantity": "1", "posting_group": "services"}
OPENING = [
    ("accounting.ConfigureBook", {"name": "Faults", "base_currency": "EUR", "country": "FR"}),
    ("accounting.AdoptChart", {"chart": "general"}),
    ("accounting.OpenFiscalYear", {"year": "2026", "first": "2026-01-01", "last": "2026-12-31"}),
    (
        "sales.DefineNumberSeries",
        {"series": "invoices", "pattern": "F{year}-{number:6}", "is_default_for_invoices": True},
    ),
    (
        "crm.RegisterParty",
        {"party": "C-1", "kind": "organisation", "name": "Northern Lights", "roles": ["customer"]},
    ),
]


def text(command_id, name, body):
    return json.dumps({"command": name, "id": command_id, "body": body})


def opening():
    """(id, JSON) of the commands that every book begins with."""
    return [(f"open-{n}", text(f"open-{n}", name, body)) for n, (name, body) in enumerate(OPENING)]


def random_command(rng, command_id, invoices=0.7):
    kind = rng.random()
    amount = f"EUR {rng.randrange(1, 100000) / 100:.2f}"
    if kind < invoices:
        lines = [LINE | {"price": amount} for _ in range(rng.choice((1, 1, 1, 30)))]
        body = {"party": "C-1", "currency": "EUR", "date": "2026-03-01", "lines": lines}
        return text(command_id, "sales.IssueInvoice", {"invoice": command_id} | body)
    credit = amount if kind < 0.85 else "EUR 1000.01"  # The latter does not balance.
    lines = [{"account": "1010", "debit": amount}, {"account": "1900", "credit": credit}]
    body = {"text": "by a client", "date": "2026-03-01", "lines": lines}
    return text(command_id, "accounting.PostEntry", {"entry": command_id} | body)
