// A small wholesaler's files in the columns of Northwind, so that the mapping shipped for it reads
// them: enough for an import that can be interrupted, where the real files are absent.
#pragma once

#include <fmt/format.h>

#include <fstream>
#include <string>

#include "engine/base/prng.hpp"

namespace daybook::tests {

inline void write_orders(const std::string& folder, Prng& random) {
    std::ofstream orders{folder + "/Orders.csv"};
    std::ofstream details{folder + "/OrderDetails.csv"};
    orders << "OrderID,CustomerID,EmployeeID,OrderDate,RequiredDate,ShippedDate,ShipVia,Freight,"
              "ShipName,ShipAddress,ShipCity,ShipRegion,ShipPostalCode,ShipCountry\n";
    details << "OrderID,ProductID,UnitPrice,Quantity,Discount\n";
    for (int number = 1; number <= 400; ++number) {
        const std::string day = fmt::format("2017-{:02}-{:02}", 1 + number / 40, 1 + number % 28);
        const std::string freight = fmt::format("{}.{:02}", random.below(90), random.below(100));
        orders << fmt::format(
            "{},K{:04},1,{},{},{},1,{},Name,1 Quai,Lyon,South,69001,France\n",
            10'000 + number,
            1 + random.below(60),
            day,
            day,
            day,
            freight
        );
        const std::uint64_t lines = 1 + random.below(4);
        for (std::uint64_t line = 1; line <= lines; ++line) {
            details << fmt::format(
                "{},{},{}.{:02},{},{}\n",
                10'000 + number,
                line * 9,
                1 + random.below(80),
                random.below(100),
                1 + random.below(30),
                random.chance(30) ? "0.15" : "0.0"
            );
        }
    }
}

inline void write_wholesale_files(const std::string& folder, std::uint64_t seed) {
    constexpr auto address = "Address,City,Region,PostalCode,Country,Phone";
    constexpr auto place = "1 Quai,Lyon,South,69001,France,04 72 00 00 00";
    std::ofstream customers{folder + "/Customers.csv"};
    customers << "CustomerID,CompanyName," << address << "\n";
    for (int i = 1; i <= 60; ++i) {
        customers << fmt::format("K{:04},Customer {},{}\n", i, i, place);
    }
    std::ofstream suppliers{folder + "/Suppliers.csv"};
    suppliers << "SupplierID,CompanyName," << address << "\n";
    for (int i = 1; i <= 20; ++i) suppliers << fmt::format("{},Supplier {},{}\n", i, i, place);
    std::ofstream{folder + "/Categories.csv"} << "CategoryID,CategoryName\n1,Beverages\n";
    std::ofstream products{folder + "/Products.csv"};
    products << "ProductID,ProductName,CategoryID,QuantityPerUnit\n";
    for (int i = 1; i <= 40; ++i) products << fmt::format("{},Tea {},1,a box\n", i, i);
    Prng random{seed};
    write_orders(folder, random);
}

}  // namespace daybook::tests
