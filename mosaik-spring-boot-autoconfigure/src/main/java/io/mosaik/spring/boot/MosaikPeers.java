package io.mosaik.spring.boot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says of an injected {@code Producer<T>} or {@code Consumer<T>} which peers it has to do with: a
 * producer takes only consumers that satisfy all of it, a consumer only producers.
 *
 * <p>A stream's producer is one for the whole node, so all injection points of it ask for the same,
 * or the application doesn't start. A consumer is another at each injection point.
 *
 * {@snippet :
 * Desk(@MosaikPeers(requireTicket = "members", rttBelow = "20ms") Producer<Order> orders) { ... }
 * }
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD})
public @interface MosaikPeers {

  /** Only peers that announce all of these tags. Placeholders are resolved. */
  String[] tags() default {};

  /**
   * Only peers whose round-trip time is less, as {@code 20ms} ({@link
   * io.mosaik.streams.ConsumerBuilder#rttBelow}). A placeholder is resolved; any distance if empty.
   */
  String rttBelow() default "";

  /**
   * The names of beans of type {@link io.mosaik.tickets.TicketValidator}: only peers that carry a
   * good ticket of each. Placeholders are resolved.
   */
  String[] requireTicket() default {};
}
