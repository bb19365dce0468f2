// How much a document may hold, to the byte and the line.
#include <doctest/doctest.h>

#include "tests/histories/depot.hpp"

namespace daybook::inventory {
namespace {

const Date today = Date::of(2026, 6, 30);

ReceiveStockT receipt(std::string text, std::size_t lines) {
    ReceiveStockT command;
    command.receipt = code("R-1");
    command.reason = MoveReason::opening;
    command.location = code("W1");
    command.text = std::move(text);
    for (std::size_t i = 0; i < lines; ++i) {
        auto line = std::make_unique<ReceiptLineT>();
        line->item = code("A");
        line->quantity = units(1'000);
        line->value = euros(100);
        command.lines.push_back(std::move(line));
    }
    return command;
}

struct SmallDepot : Depot {
    SmallDepot() : Depot(today) {
        DefineStockItemT item;
        item.item = code("A");
        item.name = "Apples";
        item.kind = ItemKind::stockable;
        item.posting_group = code("GOODS");
        item.is_active = true;
        must(std::move(item));
        DefineLocationT place;
        place.location = code("W1");
        place.name = "Main";
        place.kind = LocationKind::internal;
        place.is_active = true;
        must(std::move(place));
    }
    void refuse(ReceiveStockT command, Refusal refusal, std::string_view found) {
        const bool is_accepted = send(std::move(command));
        CHECK_FALSE(is_accepted);
        CHECK(rule == refusal);
        CHECK(reason.found == found);
    }
};

}  // namespace

TEST_CASE("a document's text may be 4,096 bytes long") {
    SmallDepot depot;
    depot.refuse(receipt(std::string(4'097, 'x'), 1), Refusal::text_too_long, "4097 bytes");
    depot.must(receipt(std::string(4'096, 'x'), 1));
}

TEST_CASE("a document may have 10,000 lines, and an item 50 units and attributes") {
    SmallDepot depot;
    depot.refuse(receipt("", 10'001), Refusal::too_many_lines, "10001");
    depot.must(receipt("", 10'000));
    for (const bool are_units : {true, false}) {
        for (const int count : {51, 50}) {
            DefineStockItemT item;
            item.item = code("B");
            item.name = "Beans";
            item.kind = ItemKind::stockable;
            item.posting_group = code("GOODS");
            for (int i = 0; i < count; ++i) {
                const std::string name = "N" + std::to_string(i);
                if (are_units) {
                    item.units.push_back(std::make_unique<UnitConversionT>());
                    item.units.back()->unit = code(name);
                } else {
                    item.attributes.push_back(std::make_unique<ItemAttributeT>());
                    item.attributes.back()->name = item.attributes.back()->value = name;
                }
            }
            CHECK(depot.send(std::move(item)) == (count == 50));
            if (count == 51) CHECK(depot.rule == Refusal::too_many_lines);
        }
    }
}

}  // namespace daybook::inventory
