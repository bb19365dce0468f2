// Adopting a chart: its lines become the events that open each account, journal and tax code. The
// events carry everything, so a later edition of a chart changes no book that adopted this one.

#include "engine/domain/accounting/charts.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/domain/accounting/rules.hpp"

namespace daybook::accounting {
namespace {

constexpr std::size_t fields_max = 7;
using Fields = std::array<std::string_view, fields_max>;

Fields split(std::string_view line) {
    Fields fields;
    for (std::string_view& field : fields) {
        const std::size_t bar = line.find('|');
        field = line.substr(0, bar);
        line.remove_prefix(bar == std::string_view::npos ? line.size() : bar + 1);
    }
    return fields;
}

// The value whose name this is. Our own files name nothing else.
template <class Enum, std::size_t count>
Enum named(std::string_view name, const Enum (&values)[count], const char* (*name_of)(Enum)) {
    const auto* found =
        std::ranges::find_if(values, [&](Enum value) { return name == name_of(value); });
    DAYBOOK_ASSERT(found != std::end(values));
    return *found;
}

Id id_or_none(std::string_view code) {
    return code.empty() ? Id{} : id_from_code(code);
}

void add_account(Decision& events, const Books& state, const Fields& fields) {
    const Id account = id_from_code(fields[1]);
    if (state.accounts.contains(account)) return;
    const bool is_cash = fields[4] == "cash";
    events.add(AccountOpenedT{
        .account = account,
        .name = std::string{fields[2]},
        .type = named(fields[3], EnumValuesAccountType(), EnumNameAccountType),
        .control = is_cash || fields[4].empty()
                       ? ControlKind::none
                       : named(fields[4], EnumValuesControlKind(), EnumNameControlKind),
        .is_cash = is_cash});
}

void add_journal(Decision& events, const Books& state, const Fields& fields) {
    const Id journal = id_from_code(fields[1]);
    if (state.journals.contains(journal)) return;
    events.add(JournalOpenedT{
        .journal = journal,
        .name = std::string{fields[2]},
        .kind = named(fields[3], EnumValuesJournalKind(), EnumNameJournalKind)});
}

void add_role(Decision& events, const Books& state, const Fields& fields) {
    const AccountRole role = named(fields[1], EnumValuesAccountRole(), EnumNameAccountRole);
    const Id key = id_or_none(fields[2]);
    if (state.roles.contains({role, key})) return;
    events.add(AccountAssignedT{.role = role, .key = key, .account = id_from_code(fields[3])});
}

void add_tax_code(Decision& events, const Books& state, const Fields& fields) {
    const Id code = id_from_code(fields[1]);
    if (state.tax_codes.contains(code)) return;
    events.add(TaxCodeDefinedT{
        .tax_code = code,
        .name = std::string{fields[2]},
        .side = named(fields[3], EnumValuesTaxSide(), EnumNameTaxSide),
        .treatment = named(fields[4], EnumValuesTaxTreatment(), EnumNameTaxTreatment),
        .output_account = id_or_none(fields[5]),
        .input_account = id_or_none(fields[6])});
}

void add_rate(Decision& events, const Books& state, const Fields& fields) {
    const Id code = id_from_code(fields[1]);
    const Date from = parse_date(fields[3]).value();
    if (state.tax_codes.contains(code)) return;
    events.add(TaxRateSetT{.tax_code = code, .rate = parse_rate(fields[2]).value(), .from = from});
}

void add_line(Decision& events, const Books& state, const Fields& fields) {
    if (fields[0] == "account") return add_account(events, state, fields);
    if (fields[0] == "journal") return add_journal(events, state, fields);
    if (fields[0] == "role") return add_role(events, state, fields);
    if (fields[0] == "tax") return add_tax_code(events, state, fields);
    DAYBOOK_ASSERT(fields[0] == "rate");
    add_rate(events, state, fields);
}

}  // namespace

Decision decide(const Books& state, const AdoptChart& command) {
    const Id chart = read(command.chart());

    if (Decision no = check_book(state); no.is_refused()) return no;
    const auto files = chart_files();
    const auto file = std::ranges::find(files, to_string(chart), &ChartFile::name);
    if (file == files.end()) {
        std::string known;
        for (const ChartFile& each : files) {
            known += (known.empty() ? "" : ", ") + std::string{each.name};
        }
        return {Refusal::chart_unknown, {"chart", to_string(chart), "one of " + known}};
    }
    if (state.charts.contains(chart)) {
        return {
            Refusal::chart_already_adopted, {"chart", to_string(chart), "a chart not adopted yet"}};
    }

    Decision events{ChartAdoptedT{.chart = chart}};
    for (std::string_view left = file->text; !left.empty();) {
        const std::size_t end = std::min(left.find('\n'), left.size());
        const std::string_view line = left.substr(0, end);
        left.remove_prefix(std::min(end + 1, left.size()));
        if (!line.empty() && line.front() != '#') add_line(events, state, split(line));
    }
    return events;
}

}  // namespace daybook::accounting
