package io.mosaik.sample.matcher;

import io.mosaik.sample.Fill;
import io.mosaik.streams.Producer;
import io.mosaik.streams.SendResult;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;

/** A producer that remembers what it was given, and says what the test wants it to say. */
final class RecordingProducer {

  final List<Fill> sent = new ArrayList<>();
  final Deque<Function<Fill, SendResult<Fill>>> results = new ArrayDeque<>();

  @SuppressWarnings("unchecked")
  Producer<Fill> producer() {
    return (Producer<Fill>)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Producer.class},
            (proxy, method, args) ->
                switch (method.getName()) {
                  case "trySend" -> trySend((Fill) args[0]);
                  case "send" -> {
                    sent.add((Fill) args[0]);
                    yield null;
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private SendResult<Fill> trySend(Fill fill) {
    SendResult<Fill> result =
        results.isEmpty() ? SendResult.sent() : results.removeFirst().apply(fill);
    if (result.isSent()) {
      sent.add(fill);
    }
    return result;
  }
}
