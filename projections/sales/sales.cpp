// What sales shows: items, quotations, orders with their status, invoices, and their totals.
