package io.mosaik.transport.quic;

import io.mosaik.id.SecretKey;
import io.mosaik.transport.Address;
import io.mosaik.transport.Endpoint;
import io.mosaik.transport.EndpointContract;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The contract over real QUIC on loopback. */
class QuicEndpointTest extends EndpointContract {

  private static final QuicOptions OPTIONS =
      QuicOptions.DEFAULTS.withHandshakeTimeout(Duration.ofSeconds(3));

  @Override
  protected Endpoint openEndpoint(SecretKey key) {
    return QuicEndpoint.open(key, new Address("127.0.0.1", 0), List.of(), OPTIONS);
  }

  @Override
  protected Address nobody() {
    return new Address("127.0.0.1", 9);
  }

  @Override
  protected void letHappenUntil(BooleanSupplier condition) {
    RealTime.until(condition);
  }

  @Override
  protected void letHappen(Duration time) {
    RealTime.sleep(time);
  }
}
