// The ledger as a journal that hledger and ledger read: an independent program adds up our books.
// Accounts stand below their type ("Assets:1100 Trade receivables"); amounts in other currencies
// carry their base amount as cost, so `balance -B` is the trial balance.
#pragma once

#include <functional>
#include <string_view>

#include "engine/base/result.hpp"
#include "projections/core/query.hpp"

namespace daybook::files {

using TextSink = std::function<Result<void>(std::string_view)>;

// Every entry, by accounting date, from the tables of accounting. The sink gets the text in parts.
[[nodiscard]] Result<void> write_hledger(const Query& query, const TextSink& sink);

}  // namespace daybook::files
