// One short random history of a small stock: a storekeeper who writes things down late, in any
// order, under rules, policies and closings of his history's own.
#pragma once

#include <map>
#include <vector>

#include "engine/base/prng.hpp"
#include "tests/histories/depot.hpp"
#include "tests/histories/naive_stock.hpp"
#include "tests/histories/said.hpp"

namespace daybook::inventory {

class Keeper {
 public:
    explicit Keeper(std::uint64_t seed);

    // Some commands, with everything checked after each that is accepted.
    void work();
    // Takes every movement back, the newest first: nothing may be left, of quantity or value.
    void take_all_back();
    // A state that the events alone make, and one that is loaded, are the one that grew.
    void check_replay();

    [[nodiscard]] bool can_take_all_back() const { return !has_.reversals; }
    [[nodiscard]] bool can_replay() const { return !has_.closing; }
    std::size_t accepted = 0;
    std::size_t restated = 0;

 private:
    // What this history has beside plain movements.
    struct Has {
        bool standard = false;
        bool forgotten = false;  // A policy of standard cost without one for its items.
        bool shortages = false;
        bool receipts_first = false;
        bool closing = false;
        bool second_closing = false;
        bool reopening = false;
        bool new_policy = false;
        bool second_policy = false;
        bool reversals = false;
    };

    void define();
    void set_policy(const char* group, Date from);
    void change_policy();
    void open_years();
    void close_year(int year);
    void reopen_year();
    template <class CommandT>
    bool send(CommandT command);
    template <class CommandT>
    void must(CommandT command);
    void learn();
    void check();
    void check_promises(const StockMoved& event);

    void do_something();
    void receive();
    void issue();
    void transfer();
    void send_and_receive();
    void give_back();
    void reverse();
    void landed();
    void adjust();
    void repack();
    void reserve();
    void set_standard();
    void remember_standards();
    void set_standard(const char* item, Date from);
    void scrap();
    void count();
    bool take_back(const Id& movement);
    [[nodiscard]] bool is_short_at_policy_change() const;

    struct Goods {
        Id item;
        Id lot;
    };
    Goods goods();
    Id fresh(char letter);
    Id warehouse();
    Id any_movement();
    Date day();
    Date later(const Id& movement);
    Quantity some();
    Money worth(std::int64_t most);
    template <class Line>
    std::unique_ptr<Line> line();

    Prng prng_;
    Has has_;
    Depot depot_;
    NaiveStock naive_;
    SaidQuantities quantities_;
    std::vector<Depot::Event> log_;
    std::uint64_t last_offset_ = 0;  // Days lie before it.
    std::uint64_t made_ = 0;
    std::vector<Id> movements_;
    std::map<Id, Date> dates_;
    std::vector<Id> reservations_;
    std::vector<Date> standard_days_;  // From which policies of standard cost hold.
};

}  // namespace daybook::inventory
