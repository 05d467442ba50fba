/**
 * The matcher: consumes orders, replicates them through the order-book group, publishes fills.
 * {@link io.mosaik.sample.matcher.OrderBook} and {@link io.mosaik.sample.matcher.OrderBooks} are
 * the replicated state, {@link io.mosaik.sample.matcher.PendingOrders} is why no order is lost when
 * a matcher dies; these three are plain classes. The rest connects them to the network.
 */
@NullMarked
package io.mosaik.sample.matcher;

import org.jspecify.annotations.NullMarked;
