/**
 * Round-trip times: the smoothing of RFC 6298, and the ping that measures where no link does. Start
 * reading at {@link io.mosaik.discovery.rtt.RttEstimator}.
 */
@NullMarked
package io.mosaik.discovery.rtt;

import org.jspecify.annotations.NullMarked;
