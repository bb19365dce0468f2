// Parties: organisations and persons, what is known of them, and which of them are one.
//
// A merge alters nothing that was written: it says that one party stands for another from now on,
// so that commands naming the merged party are decided for the one that stands for it. Undoing the
// merge therefore only has to say that this is over.

#include <algorithm>
#include <array>
#include <utility>

#include "engine/domain/crm/identifiers.hpp"
#include "engine/domain/crm/state.hpp"
#include "schemas/crm.hpp"

namespace daybook::crm {
namespace {

constexpr std::size_t name_bytes_max = 400;
constexpr std::size_t text_bytes_max = 64 * 1024;
constexpr std::uint32_t list_values_max = 50;
constexpr int merge_chain_max = 16;

std::string name_of(const char* name) {
    return name;
}

std::string element(std::string_view list, std::uint32_t index) {
    return std::string{list} + "[" + std::to_string(index) + "]";
}

template <class List>
Decision check_length(const List* list, std::string_view at) {
    if (list == nullptr || list->size() <= list_values_max) return {};
    return refuse(
        Refusal::too_many_values,
        std::string{at},
        std::to_string(list->size()) + " values",
        "at most " + std::to_string(list_values_max)
    );
}

// Every text of a list passes `is_good`, after `adapt` has made it compact.
struct ListRule {
    std::string_view at;
    Refusal rule;
    bool (*is_good)(std::string_view);
    std::string_view needed;
    bool is_compacted = false;
};
Decision check_list(const Texts* list, const ListRule& rule) {
    if (auto no = check_length(list, rule.at); no.is_refused()) return no;
    if (list == nullptr) return {};
    for (std::uint32_t i = 0; i < list->size(); ++i) {
        const std::string value =
            rule.is_compacted ? compact_code(text(list->Get(i))) : copy(list->Get(i));
        if (!rule.is_good(value)) {
            return refuse(rule.rule, element(rule.at, i), value, std::string{rule.needed});
        }
    }
    return {};
}

Decision check_roles(const flatbuffers::Vector<Role>* roles) {
    if (auto no = check_length(roles, "roles"); no.is_refused()) return no;
    if (roles == nullptr) return {};
    for (std::uint32_t i = 0; i < roles->size(); ++i) {
        const Role role = roles->Get(i);
        if (role <= Role::none || role > Role::MAX) {
            return refuse(
                Refusal::role_invalid, element("roles", i), EnumNameRole(role), "a role of the list"
            );
        }
        for (std::uint32_t j = 0; j < i; ++j) {
            if (roles->Get(j) != role) continue;
            return refuse(
                Refusal::role_invalid,
                element("roles", i),
                std::string{EnumNameRole(role)} + " twice",
                "each role once"
            );
        }
    }
    return {};
}

Decision check_addresses(const flatbuffers::Vector<flatbuffers::Offset<Address>>* addresses) {
    if (auto no = check_length(addresses, "addresses"); no.is_refused()) return no;
    if (addresses == nullptr) return {};
    for (std::uint32_t i = 0; i < addresses->size(); ++i) {
        const std::string at = element("addresses", i);
        const Address* address = addresses->Get(i);
        if (auto no = check_country(address->country(), at + ".country"); no.is_refused())
            return no;
        if (auto no = check_length(address->lines(), at + ".lines"); no.is_refused()) return no;
    }
    return {};
}

constexpr ListRule email_rule{
    "emails", Refusal::email_invalid, is_email, "an address as name@example.com"};
constexpr ListRule phone_rule{
    "phones", Refusal::phone_invalid, is_phone, "3 to 15 digits, as +33 1 23 45 67 89"};
constexpr ListRule iban_rule{
    "ibans",
    Refusal::iban_invalid,
    is_iban,
    "an IBAN of its country's length whose check digits agree (mod 97)",
    true};

// What a registration and an amendment have in common, in the order of the schema's refusals.
template <class Command>
Decision check_profile(const Crm& state, const Command& command, PartyKind kind) {
    if (auto no = check_roles(command.roles()); no.is_refused()) return no;
    if (auto no = check_country(command.country(), "country"); no.is_refused()) return no;
    if (auto no = check_addresses(command.addresses()); no.is_refused()) return no;
    const std::string_view language = text(command.language());
    if (!language.empty() && !is_language(language)) {
        return refuse(
            Refusal::language_invalid,
            "language",
            std::string{language},
            "a code of ISO 639-1, as fr or fr-BE"
        );
    }
    if (auto no = check_list(command.emails(), email_rule); no.is_refused()) return no;
    if (auto no = check_list(command.phones(), phone_rule); no.is_refused()) return no;
    if (auto no = check_list(command.ibans(), iban_rule); no.is_refused()) return no;
    const std::string vat_id = compact_code(text(command.vat_id()));
    if (!vat_id.empty() && !is_vat_id(vat_id)) {
        return refuse(
            Refusal::vat_id_invalid,
            "vat_id",
            vat_id,
            "a VAT number in the format of its country, which comes first: FR40303265045"
        );
    }
    if (!read_or_none(command.birth_date()).is_none() && kind == PartyKind::organisation) {
        return refuse(
            Refusal::birth_date_not_of_a_person,
            "birth_date",
            to_string(read_or_none(command.birth_date())),
            "no date of birth for an organisation"
        );
    }
    if (auto no = check_length(command.tags(), "tags"); no.is_refused()) return no;
    for (const auto& [at, value] :
         {std::pair{"name", command.name()},
          std::pair{"given_name", command.given_name()},
          std::pair{"family_name", command.family_name()},
          std::pair{"industry", command.industry()},
          std::pair{"territory", command.territory()}}) {
        if (text(value).size() <= name_bytes_max) continue;
        return refuse(
            Refusal::text_too_long,
            at,
            std::to_string(text(value).size()) + " bytes",
            "at most " + std::to_string(name_bytes_max)
        );
    }
    if (auto no = check_text(text(command.note()), "note"); no.is_refused()) return no;
    const Id responsible = read_or_none(command.responsible());
    if (responsible.is_none()) return {};
    return check_employee(state, responsible, "responsible");
}

// A registration and an amendment say the same things about a party.
template <class From, class To>
void take_profile(From& from, To& to) {
    to.name = std::move(from.name);
    to.given_name = std::move(from.given_name);
    to.family_name = std::move(from.family_name);
    to.birth_date = from.birth_date;
    to.roles = std::move(from.roles);
    to.group = from.group;
    to.language = std::move(from.language);
    to.country = std::move(from.country);
    to.addresses = std::move(from.addresses);
    to.emails = std::move(from.emails);
    to.phones = std::move(from.phones);
    to.ibans = std::move(from.ibans);
    for (std::string& iban : to.ibans) iban = compact_code(iban);
    to.vat_id = compact_code(from.vat_id);
    to.industry = std::move(from.industry);
    to.territory = std::move(from.territory);
    to.founded = from.founded;
    to.headcount = from.headcount;
    to.annual_revenue = from.annual_revenue;
    to.tags = std::move(from.tags);
    to.note = std::move(from.note);
}

bool has(const flatbuffers::Vector<Role>* roles, Role wanted) {
    return roles != nullptr &&
           std::ranges::find(*roles, static_cast<std::uint8_t>(wanted), [](auto role) {
               return static_cast<std::uint8_t>(role);
           }) != roles->end();
}

// The fields that an amendment sets, in the words of PartyField.
std::vector<PartyField> fields_set(const AmendPartyT& command) {
    const std::array set{
        std::pair{PartyField::given_name, !command.given_name.empty()},
        std::pair{PartyField::family_name, !command.family_name.empty()},
        std::pair{PartyField::birth_date, !command.birth_date.is_none()},
        std::pair{PartyField::roles, !command.roles.empty()},
        std::pair{PartyField::group, !command.group.is_none()},
        std::pair{PartyField::language, !command.language.empty()},
        std::pair{PartyField::responsible, !command.responsible.is_none()},
        std::pair{PartyField::country, !command.country.empty()},
        std::pair{PartyField::addresses, !command.addresses.empty()},
        std::pair{PartyField::emails, !command.emails.empty()},
        std::pair{PartyField::phones, !command.phones.empty()},
        std::pair{PartyField::ibans, !command.ibans.empty()},
        std::pair{PartyField::vat_id, !command.vat_id.empty()},
        std::pair{PartyField::industry, !command.industry.empty()},
        std::pair{PartyField::territory, !command.territory.empty()},
        std::pair{PartyField::founded, !command.founded.is_none()},
        std::pair{PartyField::headcount, command.headcount != 0},
        std::pair{PartyField::annual_revenue, command.annual_revenue != Money{}},
        std::pair{PartyField::tags, !command.tags.empty()},
        std::pair{PartyField::note, !command.note.empty()},
    };
    std::vector<PartyField> fields;
    for (const auto& [field, is_set] : set) {
        if (is_set) fields.push_back(field);
    }
    return fields;
}

// Whether a relation between the two holds, either way round.
bool are_related(const Crm& state, const Id& one, const Id& two) {
    for (const RelationKind kind : EnumValuesRelationKind()) {
        for (const RelationKey& key : {RelationKey{one, kind, two}, RelationKey{two, kind, one}}) {
            const Relation* relation = state.relations.find(key);
            if (relation != nullptr && relation->until.is_none()) return true;
        }
    }
    return false;
}

}  // namespace

Id resolve(const Crm& state, const Id& party) {
    Id standing = party;
    for (int i = 0; i <= merge_chain_max; ++i) {
        const Party* found = state.parties.find(standing);
        if (found == nullptr || found->merged_into.is_none()) return standing;
        standing = found->merged_into;
    }
    constexpr bool chain_is_within_its_limit = false;
    DAYBOOK_ASSERT(chain_is_within_its_limit);
    return standing;
}

Decision check_id(const Id& id, std::string_view at) {
    if (!id.is_none()) return {};
    return refuse(Refusal::id_missing, std::string{at}, "nothing", "an id");
}

Decision check_emails(const Texts* emails) {
    return check_list(emails, email_rule);
}
Decision check_phones(const Texts* phones) {
    return check_list(phones, phone_rule);
}

Decision check_country(const flatbuffers::String* country, std::string at) {
    if (country == nullptr || country->size() == 0 || is_country(text(country))) return {};
    return refuse(
        Refusal::country_unknown,
        std::move(at),
        copy(country),
        "a country code of ISO 3166-1, two capital letters"
    );
}

Decision check_text(std::string_view value, std::string_view at) {
    if (value.size() <= text_bytes_max) return {};
    return refuse(
        Refusal::text_too_long,
        std::string{at},
        std::to_string(value.size()) + " bytes",
        "at most " + std::to_string(text_bytes_max)
    );
}

Decision check_known_party(const Crm& state, const Id& party, std::string_view at) {
    if (state.parties.contains(resolve(state, party))) return {};
    return refuse(
        Refusal::party_unknown, std::string{at}, to_string(party), "a party that is registered"
    );
}

Decision check_active_party(const Crm& state, const Id& party, std::string_view at) {
    if (auto no = check_known_party(state, party, at); no.is_refused()) return no;
    if (state.parties.get(resolve(state, party)).is_active) return {};
    return refuse(
        Refusal::party_inactive,
        std::string{at},
        to_string(resolve(state, party)) + ", deactivated",
        "an active party"
    );
}

Decision check_employee(const Crm& state, const Id& employee, std::string_view at) {
    const Party party = state.parties.get(resolve(state, employee));
    if (!party.is_employee) {
        return refuse(
            Refusal::employee_unknown,
            std::string{at},
            to_string(employee),
            "a party that is registered with the role employee"
        );
    }
    if (!party.is_active) {
        return refuse(
            Refusal::employee_inactive,
            std::string{at},
            to_string(employee) + ", deactivated",
            "an active employee"
        );
    }
    return {};
}

Decision decide(const Crm& state, const RegisterParty& command, const Context& context) {
    const Id party = read(command.party());
    if (auto no = check_id(party, "party"); no.is_refused()) return no;
    if (state.parties.contains(party)) {
        return refuse(
            Refusal::party_exists, "party", to_string(party), "an id that no party has yet"
        );
    }
    if (command.kind() <= PartyKind::unknown || command.kind() > PartyKind::MAX) {
        return refuse(Refusal::kind_missing, "kind", "none", "organisation or person");
    }
    if (text(command.name()).empty()) {
        return refuse(Refusal::name_missing, "name", "nothing", "the party's name");
    }
    if (auto no = check_profile(state, command, command.kind()); no.is_refused()) return no;

    RegisterPartyT given;
    command.UnPackTo(&given);
    PartyRegisteredT event;
    take_profile(given, event);
    event.party = party;
    event.kind = command.kind();
    event.responsible = resolve(state, given.responsible);
    event.on = day_or_today(command.on(), context);
    if (event.country.empty() && !event.addresses.empty()) {
        event.country = event.addresses.front()->country;
    }
    return event;
}

Decision decide(const Crm& state, const AmendParty& command, const Context& context) {
    const Id party = resolve(state, read(command.party()));
    if (auto no = check_known_party(state, party, "party"); no.is_refused()) return no;
    const PartyKind kind = state.parties.get(party).kind;
    if (auto no = check_profile(state, command, kind); no.is_refused()) return no;

    AmendPartyT given;
    command.UnPackTo(&given);
    const std::vector<PartyField> set = fields_set(given);
    if (set.empty() && given.name.empty() && given.clear.empty()) {
        return refuse(Refusal::nothing_to_amend, "", "no field", "at least one field to change");
    }
    for (const PartyField field : given.clear) {
        if (field != PartyField::none && std::ranges::find(set, field) == set.end()) continue;
        return refuse(
            Refusal::cleared_and_set,
            "clear",
            name_of(EnumNamePartyField(field)),
            "fields that the same command does not set"
        );
    }

    PartyAmendedT event;
    take_profile(given, event);
    event.party = party;
    event.responsible = resolve(state, given.responsible);
    event.clear = std::move(given.clear);
    event.on = day_or_today(command.on(), context);
    return event;
}

Decision decide(const Crm& state, const DeactivateParty& command, const Context& context) {
    const Id party = resolve(state, read(command.party()));
    if (auto no = check_active_party(state, party, "party"); no.is_refused()) return no;
    if (auto no = check_text(text(command.reason()), "reason"); no.is_refused()) return no;

    return PartyDeactivatedT{
        {}, party, copy(command.reason()), day_or_today(command.on(), context)};
}

Decision decide(const Crm& state, const ReactivateParty& command, const Context& context) {
    const Id party = resolve(state, read(command.party()));
    if (auto no = check_known_party(state, party, "party"); no.is_refused()) return no;
    if (state.parties.get(party).is_active) {
        return refuse(
            Refusal::party_already_active,
            "party",
            to_string(party) + ", active",
            "an inactive party"
        );
    }
    if (auto no = check_text(text(command.reason()), "reason"); no.is_refused()) return no;

    return PartyReactivatedT{
        {}, party, copy(command.reason()), day_or_today(command.on(), context)};
}

Decision decide(const Crm& state, const MergeParties& command, const Context& context) {
    const Id into = resolve(state, read(command.into()));
    const Id from = read(command.from());
    if (auto no = check_active_party(state, into, "into"); no.is_refused()) return no;
    if (auto no = check_known_party(state, from, "from"); no.is_refused()) return no;
    if (resolve(state, from) != from) {
        return refuse(
            Refusal::party_is_merged,
            "from",
            to_string(from) + ", merged into " + to_string(state.parties.get(from).merged_into),
            "a party that stands for itself"
        );
    }
    if (into == from) {
        return refuse(
            Refusal::party_merged_with_itself, "from", to_string(from), "another party than into"
        );
    }
    if (state.parties.get(into).kind != state.parties.get(from).kind) {
        return refuse(
            Refusal::party_kinds_differ,
            "from",
            name_of(EnumNamePartyKind(state.parties.get(from).kind)),
            name_of(EnumNamePartyKind(state.parties.get(into).kind))
        );
    }
    if (are_related(state, into, from)) {
        return refuse(
            Refusal::parties_are_related,
            "from",
            "a relation between " + to_string(into) + " and " + to_string(from),
            "none: end the relation first"
        );
    }
    if (state.parties.get(from).merge_depth + 1 > merge_chain_max) {
        return refuse(
            Refusal::merge_chain_too_long,
            "from",
            std::to_string(state.parties.get(from).merge_depth) + " merges, one into the next",
            "fewer than " + std::to_string(merge_chain_max)
        );
    }
    if (auto no = check_text(text(command.reason()), "reason"); no.is_refused()) return no;

    return PartiesMergedT{
        {}, into, from, copy(command.reason()), day_or_today(command.on(), context)};
}

Decision decide(const Crm& state, const UnmergeParties& command, const Context& context) {
    const Id into = read(command.into());
    const Id from = read(command.from());
    if (auto no = check_known_party(state, from, "from"); no.is_refused()) return no;
    if (into.is_none() || state.parties.get(from).merged_into != into) {
        const Id present = state.parties.get(from).merged_into;
        return refuse(
            Refusal::party_not_merged_into,
            "from",
            present.is_none() ? to_string(from) + ", not merged"
                              : to_string(from) + ", merged into " + to_string(present),
            "a party that was merged into " + to_string(into)
        );
    }
    if (auto no = check_text(text(command.reason()), "reason"); no.is_refused()) return no;

    return PartiesUnmergedT{
        {}, into, from, copy(command.reason()), day_or_today(command.on(), context)};
}

void apply(Crm& state, const PartyRegistered& event) {
    DAYBOOK_ASSERT(!state.parties.contains(read(event.party())));
    Party& party = state.parties.at(read(event.party()));
    party.kind = event.kind();
    party.is_active = true;
    party.is_employee = has(event.roles(), Role::employee);
}

void apply(Crm& state, const PartyAmended& event) {
    Party& party = state.parties.at(read(event.party()));
    DAYBOOK_ASSERT(party.kind != PartyKind::unknown);
    if (event.roles() != nullptr) party.is_employee = has(event.roles(), Role::employee);
    if (event.clear() == nullptr) return;
    for (std::uint32_t i = 0; i < event.clear()->size(); ++i) {
        if (event.clear()->Get(i) == PartyField::roles) party.is_employee = false;
    }
}

void apply(Crm& state, const PartyDeactivated& event) {
    Party& party = state.parties.at(read(event.party()));
    DAYBOOK_ASSERT(party.is_active);
    party.is_active = false;
}

void apply(Crm& state, const PartyReactivated& event) {
    Party& party = state.parties.at(read(event.party()));
    DAYBOOK_ASSERT(!party.is_active);
    party.is_active = true;
}

void apply(Crm& state, const PartiesMerged& event) {
    DAYBOOK_ASSERT(read(event.into()) != read(event.from()));
    const int depth = state.parties.get(read(event.from())).merge_depth + 1;
    Party& from = state.parties.at(read(event.from()));
    DAYBOOK_ASSERT(from.merged_into.is_none());
    from.merged_into = read(event.into());
    Party& into = state.parties.at(read(event.into()));
    into.merge_depth = std::max(into.merge_depth, depth);
    DAYBOOK_ASSERT(resolve(state, read(event.from())) == read(event.into()));
}

void apply(Crm& state, const PartiesUnmerged& event) {
    Party& from = state.parties.at(read(event.from()));
    DAYBOOK_ASSERT(from.merged_into == read(event.into()));
    from.merged_into = Id{};
}

}  // namespace daybook::crm
