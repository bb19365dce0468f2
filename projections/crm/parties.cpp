// Parties as rows: who they are now, and which events made them so.

#include <algorithm>

#include "projections/crm/tables.hpp"

namespace daybook::crm {
namespace {

using Texts = flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>;
using Addresses = flatbuffers::Vector<flatbuffers::Offset<Address>>;

std::string list_of(const flatbuffers::Vector<Role>& roles) {
    std::string list;
    for (std::uint32_t i = 0; i < roles.size(); ++i) {
        list += (i == 0 ? "" : ", ");
        list += EnumNameRole(roles.Get(i));
    }
    return list;
}

std::string first_of(const Texts* texts) {
    return texts == nullptr || texts->size() == 0 ? std::string{} : copy(texts->Get(0));
}

bool is_set(const flatbuffers::String* field) {
    return !text(field).empty();
}

// What a registration and an amendment say alike: a field that is absent is not changed.
template <class Event>
void take(PartyRow& row, const Event& event) {
    if (is_set(event.name())) row.name = copy(event.name());
    if (event.roles() != nullptr) row.roles = list_of(*event.roles());
    if (!read_or_none(event.group()).is_none()) row.group = read(event.group());
    if (is_set(event.language())) row.language = copy(event.language());
    if (is_set(event.country())) row.country = copy(event.country());
    if (event.addresses() != nullptr && event.addresses()->size() > 0) {
        row.city = copy(event.addresses()->Get(0)->city());
    }
    if (event.emails() != nullptr) row.email = first_of(event.emails());
    if (event.phones() != nullptr) row.phone = first_of(event.phones());
    if (is_set(event.vat_id())) row.vat_id = copy(event.vat_id());
    if (!read_or_none(event.responsible()).is_none()) row.responsible = read(event.responsible());
    if (is_set(event.territory())) row.territory = copy(event.territory());
    if (is_set(event.industry())) row.industry = copy(event.industry());
}

void clear(PartyRow& row, PartyField field) {
    switch (field) {
        case PartyField::roles: row.roles.clear(); break;
        case PartyField::group: row.group = Id{}; break;
        case PartyField::language: row.language.clear(); break;
        case PartyField::country: row.country.clear(); break;
        case PartyField::addresses: row.city.clear(); break;
        case PartyField::emails: row.email.clear(); break;
        case PartyField::phones: row.phone.clear(); break;
        case PartyField::vat_id: row.vat_id.clear(); break;
        case PartyField::responsible: row.responsible = Id{}; break;
        case PartyField::territory: row.territory.clear(); break;
        case PartyField::industry: row.industry.clear(); break;
        default: break;  // The row does not show the others.
    }
}

PartyRow& touch(PartyRows& rows, const Id& party, Date on, const EventHeader& header) {
    PartyRow& row = rows.at(party);
    row.changed_on = std::max(row.changed_on, on);
    row.changed_at = header.position();
    return row;
}

void note(PartyChangeRows& rows, const Id& party, Date on, const EventHeader& header) {
    rows.put({.party = party, .position = header.position(), .on = on});
}

bool has(const flatbuffers::Vector<PartyField>* fields, PartyField wanted) {
    if (fields == nullptr) return false;
    for (std::uint32_t i = 0; i < fields->size(); ++i) {
        if (fields->Get(i) == wanted) return true;
    }
    return false;
}

// Removes the party's contacts of a kind, then writes the new ones.
void replace(PartyContactRows& rows, const PartyContactRow& first, const Texts* values) {
    std::uint16_t number = 0;
    for (; rows.find(first.party, first.kind, number) != nullptr; ++number) {
        rows.erase(first.party, first.kind, number);
    }
    if (values == nullptr) return;
    for (number = 0; number < values->size(); ++number) {
        rows.put(
            {.party = first.party,
             .kind = first.kind,
             .number = number,
             .value = copy(values->Get(number))}
        );
    }
}

void replace(PartyAddressRows& rows, const Id& party, const Addresses* addresses) {
    std::uint16_t number = 0;
    for (; rows.find(party, number) != nullptr; ++number) rows.erase(party, number);
    if (addresses == nullptr) return;
    for (number = 0; number < addresses->size(); ++number) {
        const Address* address = addresses->Get(number);
        PartyAddressRow row;
        row.party = party;
        row.number = number;
        row.purpose = address->purpose();
        if (address->lines() != nullptr) {
            for (const auto* line : *address->lines()) {
                row.lines += (row.lines.empty() ? "" : "\n") + copy(line);
            }
        }
        row.postcode = copy(address->postcode());
        row.city = copy(address->city());
        row.region = copy(address->region());
        row.country = copy(address->country());
        rows.put(std::move(row));
    }
}

}  // namespace

const char* name_of(ContactKind kind) {
    switch (kind) {
        case ContactKind::email: return "email";
        case ContactKind::phone: return "phone";
        case ContactKind::iban: return "iban";
    }
    return "";
}

void change(PartyRow& row, const PartyRegistered& event) {
    row.kind = event.kind();
    row.is_active = true;
    row.registered_on = read(event.on());
    take(row, event);
}

void change(PartyRow& row, const PartyAmended& event) {
    take(row, event);
    if (event.clear() == nullptr) return;
    for (std::uint32_t i = 0; i < event.clear()->size(); ++i) clear(row, event.clear()->Get(i));
}

void project(PartyRows& rows, const PartyRegistered& event, const EventHeader& header) {
    PartyRow& row = touch(rows, read(event.party()), read(event.on()), header);
    row.registered_at = header.position();
    change(row, event);
}

void project(PartyRows& rows, const PartyAmended& event, const EventHeader& header) {
    change(touch(rows, read(event.party()), read(event.on()), header), event);
}

void project(PartyRows& rows, const PartyDeactivated& event, const EventHeader& header) {
    touch(rows, read(event.party()), read(event.on()), header).is_active = false;
}

void project(PartyRows& rows, const PartyReactivated& event, const EventHeader& header) {
    touch(rows, read(event.party()), read(event.on()), header).is_active = true;
}

void project(PartyRows& rows, const PartiesMerged& event, const EventHeader& header) {
    touch(rows, read(event.from()), read(event.on()), header).merged_into = read(event.into());
}

void project(PartyRows& rows, const PartiesUnmerged& event, const EventHeader& header) {
    touch(rows, read(event.from()), read(event.on()), header).merged_into = Id{};
}

void project(PartyChangeRows& rows, const PartyRegistered& event, const EventHeader& header) {
    note(rows, read(event.party()), read(event.on()), header);
}
void project(PartyChangeRows& rows, const PartyAmended& event, const EventHeader& header) {
    note(rows, read(event.party()), read(event.on()), header);
}
void project(PartyChangeRows& rows, const PartyDeactivated& event, const EventHeader& header) {
    note(rows, read(event.party()), read(event.on()), header);
}
void project(PartyChangeRows& rows, const PartyReactivated& event, const EventHeader& header) {
    note(rows, read(event.party()), read(event.on()), header);
}
void project(PartyChangeRows& rows, const PartiesMerged& event, const EventHeader& header) {
    note(rows, read(event.from()), read(event.on()), header);
}
void project(PartyChangeRows& rows, const PartiesUnmerged& event, const EventHeader& header) {
    note(rows, read(event.from()), read(event.on()), header);
}

void project(PartyContactRows& rows, const PartyRegistered& event) {
    const Id party = read(event.party());
    replace(rows, {party, ContactKind::email, 0, {}}, event.emails());
    replace(rows, {party, ContactKind::phone, 0, {}}, event.phones());
    replace(rows, {party, ContactKind::iban, 0, {}}, event.ibans());
}

void project(PartyContactRows& rows, const PartyAmended& event) {
    const Id party = read(event.party());
    if (event.emails() != nullptr || has(event.clear(), PartyField::emails)) {
        replace(rows, {party, ContactKind::email, 0, {}}, event.emails());
    }
    if (event.phones() != nullptr || has(event.clear(), PartyField::phones)) {
        replace(rows, {party, ContactKind::phone, 0, {}}, event.phones());
    }
    if (event.ibans() != nullptr || has(event.clear(), PartyField::ibans)) {
        replace(rows, {party, ContactKind::iban, 0, {}}, event.ibans());
    }
}

void project(PartyAddressRows& rows, const PartyRegistered& event) {
    replace(rows, read(event.party()), event.addresses());
}

void project(PartyAddressRows& rows, const PartyAmended& event) {
    if (event.addresses() == nullptr && !has(event.clear(), PartyField::addresses)) return;
    replace(rows, read(event.party()), event.addresses());
}

void project(Rows<RelationRow>& rows, const RelationStarted& event) {
    rows.put(
        {.party = read(event.party()),
         .kind = event.kind(),
         .other = read(event.other()),
         .since = read(event.since()),
         .until = read_or_none(event.until()),
         .title = copy(event.title())}
    );
}

void project(Rows<RelationRow>& rows, const RelationEnded& event) {
    rows.at(read(event.party()), event.kind(), read(event.other()), read(event.since())).until =
        read(event.until());
}

}  // namespace daybook::crm
