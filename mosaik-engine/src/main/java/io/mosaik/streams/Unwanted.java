package io.mosaik.streams;

/** Why a consumer leaves a producer of its stream alone. */
public enum Unwanted {
  /** Its entry doesn't satisfy {@link ConsumerBuilder#subscribeIf}. */
  PREDICATE("subscribeIf, tags"),
  /** Its tickets aren't good, or have expired: {@link ConsumerBuilder#requireTicket}. */
  NO_TICKET("requireTicket"),
  /** It is not {@link ConsumerBuilder#rttBelow} the bound. */
  TOO_FAR("rttBelow");

  private final String setting;

  Unwanted(String setting) {
    this.setting = setting;
  }

  /** What says so. */
  String setting() {
    return setting;
  }
}
