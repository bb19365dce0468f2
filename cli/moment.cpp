#include "cli/moment.hpp"

#include "cli/arguments.hpp"

namespace daybook::cli {

void add_moment_options(CLI::App& command, Moment& moment) {
    command.add_option("--as-of,-D", moment.as_of, "Count facts effective up to this day")
        ->check(is_day())
        ->type_name("DAY");
    command
        .add_option(
            "--known-at,-L",
            moment.known_at,
            "With the knowledge had at this position, day or instant"
        )
        ->check(is_known_at())
        ->type_name("WHEN");
}

Result<Date> as_of(const std::string& day) {
    return day.empty() ? Result<Date>{date_max} : parse_date(day);
}

}  // namespace daybook::cli
