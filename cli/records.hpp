// What a command found, for programs: objects in the form that was asked for.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cli/session.hpp"

namespace daybook::cli {

// The columns of CSV: members that are texts, numbers or truths. JSON has every member.
using Columns = std::vector<std::string_view>;

// Records as they come, an object or a line of CSV each.
class RecordLines {
 public:
    RecordLines(const Session& session, Columns columns);  // Writes the head, if it is CSV.
    void add(const boost::json::object& record) const;

 private:
    const Session& session_;
    const Columns columns_;
};

void print_record(
    const Session& session, const Columns& columns, const boost::json::object& record
);
// --json: one array.
void print_records(
    const Session& session, const Columns& columns, const boost::json::array& records
);

// {"a": 1, "b": [true, null]}
[[nodiscard]] std::string json_of(const boost::json::value& value);

}  // namespace daybook::cli
