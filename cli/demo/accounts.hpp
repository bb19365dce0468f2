// The accounts of the French chart (PCG 2025) that the demonstration posts to by hand.
#pragma once

#include <string_view>

namespace daybook::demo::accounts {

inline constexpr std::string_view capital = "101300";
inline constexpr std::string_view loan = "164000";
inline constexpr std::string_view equipment = "215400";
inline constexpr std::string_view wages_due = "421000";
inline constexpr std::string_view social_due = "431000";
inline constexpr std::string_view tax_due = "445510";
inline constexpr std::string_view bank = "512000";
inline constexpr std::string_view rent = "613200";
inline constexpr std::string_view transport = "624100";
inline constexpr std::string_view energy = "606100";
inline constexpr std::string_view wages = "641100";
inline constexpr std::string_view social_charges = "645100";
inline constexpr std::string_view interest = "661100";
inline constexpr std::string_view opening = "890000";

}  // namespace daybook::demo::accounts
