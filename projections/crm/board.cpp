// The pipeline board: the deals that are open, by stage, with what they are worth and what they
// are likely to bring (their amount times the probability of their stage).

#include <set>
#include <tuple>

#include "projections/crm/reports.hpp"

namespace daybook::crm {
namespace {

struct BoardKey {
    Id pipeline;
    std::uint32_t number = 0;
    Id stage;
    friend auto operator<=>(const BoardKey&, const BoardKey&) = default;
};
struct BoardCell {
    std::uint64_t deals = 0;
    Sum amount;
    Sum weighted;
    std::vector<std::uint64_t> positions;

    void join(const BoardCell& other, Currency currency) {
        deals += other.deals;
        amount.join(other.amount, currency);
        weighted.join(other.weighted, currency);
        positions.insert(positions.end(), other.positions.begin(), other.positions.end());
    }
};
using Board = std::map<BoardKey, ByCurrency<BoardCell>>;

Board board_of(const Query& query, const ReportRequest& request) {
    const Id pipeline = id_option(request, "pipeline");
    const Id owner = id_option(request, "owner");
    const StageOrder order{query};
    Board board;
    for_each_open_deal(query, request, [&](const DealAsOf& deal) {
        if (!pipeline.is_none() && deal.pipeline != pipeline) return;
        if (!owner.is_none() && deal.owner != owner) return;
        const BoardKey key{deal.pipeline, order.number(deal.pipeline, deal.stage), deal.stage};
        BoardCell& cell = board[key][deal.amount.currency()];
        ++cell.deals;
        cell.amount.add(deal.amount);
        cell.weighted.add(deal.amount.times(deal.probability, Rounding::half_even));
        cell.positions.insert(cell.positions.end(), deal.positions.begin(), deal.positions.end());
    });
    join_amountless(board);
    return board;
}

std::string key_of(const BoardKey& key, Currency currency) {
    return to_string(key.pipeline) + "|" + to_string(key.stage) + "|" +
           std::string{code_of(currency)};
}

void add_row(ReportTable& table, std::vector<Value> names, const BoardCell& cell) {
    ReportRow row;
    row.cells = std::move(names);
    row.cells.emplace_back(static_cast<std::int64_t>(cell.deals));
    row.cells.push_back(cell.amount.value());
    row.cells.push_back(cell.weighted.value());
    table.rows.push_back(std::move(row));
}

}  // namespace

Result<ReportTable> run_pipeline_board(const Query& query, const ReportRequest& request) {
    const StageOrder order{query};
    ReportTable table;
    table.title = "Pipeline board";
    table.columns = {
        {"pipeline", "Pipeline"},
        {"stage", "Stage", ValueType::id},
        {"name", "Name"},
        {"deals", "Deals", ValueType::integer, Align::right},
        {"amount", "Amount", ValueType::money, Align::right},
        {"weighted", "Weighted", ValueType::money, Align::right},
    };
    ByCurrency<BoardCell> total;
    for (const auto& [key, cells] : board_of(query, request)) {
        for (const auto& [currency, cell] : cells) {
            add_row(
                table,
                {to_string(key.pipeline), key.stage, order.name(key.pipeline, key.stage)},
                cell
            );
            table.rows.back().key = key_of(key, currency);
            total[currency].join(cell, currency);
        }
    }
    for (const auto& [currency, cell] : total) {
        add_row(table, {std::string{"Total"}, Value{}, Value{}}, cell);
        table.rows.back().kind = RowKind::total;
    }
    return table;
}

Result<std::vector<std::uint64_t>> explain_pipeline_board(
    const Query& query, const ReportRequest& request, std::string_view row_key
) {
    for (auto& [key, cells] : board_of(query, request)) {
        for (const auto& [currency, cell] : cells) {
            if (key_of(key, currency) != row_key) continue;
            std::vector<std::uint64_t> positions = cell.positions;
            sort_unique(positions);
            return positions;
        }
    }
    return Error{ErrorCode::not_found, "the board has no line " + std::string{row_key}};
}

}  // namespace daybook::crm
