// The company that the demonstration plays: a French wholesaler of household goods with its
// customers, suppliers, items and people, invented from a seed. The same seed gives the same
// company.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/demo/stream.hpp"
#include "engine/base/money.hpp"
#include "engine/base/prng.hpp"

namespace daybook::demo {

struct Employee {
    std::string id;
    std::string name;
    bool sells = false;
};

struct Customer {
    std::string id;
    std::string name;
    std::string country;
    std::string terms;           // Payment terms: NET30 ...
    std::size_t owner = 0;       // Index of the employee who looks after it.
    std::int64_t late_days = 0;  // How much later than agreed it pays, on average.
    std::int64_t buys = 1;       // How much of the business it is, against the others.
    bool buys_abroad = false;    // Outside France: no French tax.
};

struct Supplier {
    std::string id;
    std::string name;
    std::int64_t pays_after_days = 30;
};

struct Item {
    std::string id;
    std::string name;
    std::string group;  // Posting group.
    std::string tax_code;
    std::int64_t price_minor = 0;
    std::int64_t sells = 1;  // How much of the business it is, against the others.
};

struct Company {
    std::string name;
    std::vector<Employee> employees;
    std::vector<Customer> customers;
    std::vector<Supplier> suppliers;
    std::vector<Item> items;
};

struct CompanySize {
    std::size_t employees = 6;
    std::size_t customers = 300;
    std::size_t suppliers = 40;
    std::size_t items = 500;
};

[[nodiscard]] Company make_company(Prng& random, const CompanySize& size);
// Registers everybody and defines every item, on the day.
[[nodiscard]] Result<void> register_company(const Company& company, Stream& stream, Date day);

}  // namespace daybook::demo
