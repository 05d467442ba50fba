package io.mosaik.spring.readme;

import io.mosaik.streams.Datum;

@Datum("orders")
record Order(String pair, long priceTicks, long lots) {}
