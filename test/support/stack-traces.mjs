// Mocha asks for whole stack traces. Where a parser is thousands of calls deep, its errors then take seconds.
Error.stackTraceLimit = 50;
