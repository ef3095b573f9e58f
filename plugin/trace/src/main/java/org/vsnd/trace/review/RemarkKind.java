// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.review;

/**
 * What drivers are known to do against the standard, or at their own cost. Sections are those of VIRTIO 1.4; identifiers are
 * those of the project's checklist of the standard.
 */
public enum RemarkKind {
    // From reset to DRIVER_OK
    NOT_RESET(Weight.MUST, "3.1.1", "PCI-31", "begins without a reset", "write 0 to device_status first"),
    RESET_NOT_AWAITED(
            Weight.MUST,
            "4.1.4.3.2",
            "PCI-31",
            "goes on after a reset without having read device_status as 0",
            "read device_status until it is 0"),
    STATUS_BIT_CLEARED(
            Weight.MUST,
            "2.1.1",
            "PCI-01",
            "clears bits of device_status",
            "write the old bits and the new one; only 0 clears, and resets"),
    STATUS_BIT_MISSING(
            Weight.MUST,
            "3.1.1",
            "PCI-01",
            "sets DRIVER_OK without the bits before it",
            "set ACKNOWLEDGE, DRIVER and FEATURES_OK in this order, then DRIVER_OK"),
    FEATURES_OK_NOT_READ(
            Weight.MUST,
            "3.1.1",
            "PCI-06",
            "does not read device_status after FEATURES_OK",
            "read it, and give up if FEATURES_OK is not set any more"),
    FEATURES_AFTER_OK(
            Weight.MUST,
            "3.1.1",
            "PCI-06",
            "writes driver_feature after FEATURES_OK",
            "accept features before FEATURES_OK, or reset"),
    FEATURE_NOT_OFFERED(
            Weight.MUST,
            "2.2.1",
            "PCI-06",
            "accepts features that are not offered",
            "write the bits of device_feature that you know, and no others"),
    NO_VERSION_1(
            Weight.MUST,
            "6.1",
            "PCI-11",
            "does not accept VIRTIO_F_VERSION_1",
            "write bit 0 of driver_feature with driver_feature_select 1"),
    READ_ONLY_WRITTEN(
            Weight.MUST,
            "4.1.4.3.2",
            "PCI-29",
            "writes a read-only register",
            "leave it; features are accepted in driver_feature"),
    WRONG_WIDTH(
            Weight.MUST,
            "4.1.3.1",
            "PCI-24",
            "reads or writes a register with another width than its own",
            "use accesses of the register's width, and two of 32 bits for one of 64"),
    CONTROLS_READ(
            Weight.MUST,
            "5.14.5.1",
            "SND-06",
            "reads the number of control elements without VIRTIO_SND_F_CTLS",
            "read 12 bytes of configuration only"),
    NO_BUS_MASTER(
            Weight.MUST,
            "PCI 3.0 6.2.2",
            "PCI-57",
            "sets DRIVER_OK while bus mastering is off",
            "set bit 2 of the command register first: without it the card may not reach memory"),
    QUEUE_SIZE_UNFIT(
            Weight.MUST,
            "4.1.4.3.2",
            "PCI-35",
            "writes a queue_size that the card cannot take",
            "take the size that is read there, or a smaller power of two"),
    QUEUE_SIZE_NOT_READ(
            Weight.ADVICE,
            "4.1.5.1.3",
            "PCI-34",
            "enables a queue whose queue_size it has neither read nor written",
            "read queue_size: another card has another, and 0 means that there is no such queue"),
    QUEUE_DISABLED_BY_ZERO(
            Weight.MUST,
            "4.1.4.3.2",
            "PCI-35",
            "writes 0 to queue_enable",
            "reset the queue with queue_reset, or the device"),
    QUEUE_SET_UP_LATE(
            Weight.MUST,
            "4.1.4.3.2",
            "PCI-35",
            "sets up a queue that is already enabled",
            "write queue_enable after the queue's other registers"),
    VECTOR_NOT_READ(
            Weight.MUST,
            "4.1.5.1.2.2",
            "PCI-53",
            "does not read back an MSI-X vector",
            "read it: 0xffff means that the card has none to give, and no interrupt would come"),
    NOTIFY_BEFORE_DRIVER_OK(
            Weight.MUST,
            "3.1.1",
            "PCI-02",
            "notifies a queue before DRIVER_OK",
            "set DRIVER_OK before the first request: the card need not answer before"),
    RING_FREED(
            Weight.MUST,
            "3.3.1",
            "PCI-09",
            "frees the memory of a ring that the card still uses",
            "reset the device and read device_status as 0 before"),
    RINGS_OVERLAP(
            Weight.MUST,
            "2.7",
            "VQ-01",
            "puts the rings of two queues in one place",
            "give each queue memory of its own"),

    // Chains
    READABLE_AFTER_WRITABLE(
            Weight.MUST,
            "2.7.4.2",
            "VQ-04",
            "puts a device-readable descriptor behind a device-writable one",
            "put all readable ones first"),
    INDIRECT_NOT_ACCEPTED(
            Weight.MUST,
            "2.7.5.3.1",
            "VQ-04",
            "uses indirect descriptors without VIRTIO_F_INDIRECT_DESC",
            "accept the feature, or chain the descriptors"),
    MEMORY_TWICE(
            Weight.MUST,
            "3.3.1",
            "VQ-03",
            "gives the card memory to write that the card already has",
            "give each pending buffer, and each status, bytes of its own"),
    PENDING_MEMORY_TAKEN(
            Weight.MUST,
            "3.3.1",
            "SND-54",
            "takes back memory of a message that the card still has",
            "send RELEASE, which returns every message, and wait for them; STOP alone may keep them"),

    // Event queue
    NO_EVENT_BUFFERS(
            Weight.MUST,
            "5.14.5.1",
            "SND-07",
            "gives the event queue no buffers",
            "fill it with buffers of 8 bytes and notify it: without them jacks and xruns go unheard"),
    EVENT_BUFFER_UNFIT(
            Weight.MUST,
            "5.14.5.1",
            "SND-07",
            "gives the event queue a buffer that no event fits in",
            "give device-writable buffers of 8 bytes or more"),

    // Control requests
    REQUEST_SHORT(
            Weight.MUST,
            "5.14.6",
            "SND-12",
            "sends a request that is shorter than its structure",
            "send the whole structure: 8 bytes for a stream's commands, with the stream's id"),
    REPLY_SMALL(
            Weight.MUST,
            "5.14.6.2",
            "SND-17",
            "leaves too little room for the reply",
            "give 4 bytes for the status and count * size for the items"),
    STATUS_LAST(
            Weight.MUST,
            "5.14.6",
            "SND-10",
            "expects the status of a reply behind its items",
            "put the 4 bytes of the status first: the items follow"),
    ITEMS_OUT_OF_RANGE(
            Weight.MUST,
            "5.14.6.2",
            "SND-15",
            "asks for more items than there are",
            "read how many jacks, streams and channel maps there are from the configuration"),
    REQUEST_UNKNOWN(
            Weight.MUST,
            "5.14.6",
            "SND-12",
            "sends a request that is not defined, or not without VIRTIO_SND_F_CTLS",
            "use the codes of section 5.14.6; control elements only with the feature"),
    STREAM_UNKNOWN(
            Weight.MUST,
            "5.14.6.6",
            "SND-41",
            "names a stream that the card does not have, or not in this direction",
            "take ids and directions from PCM_INFO"),
    BUFFER_NOT_PERIODS(
            Weight.MUST,
            "5.14.6.6.3.2",
            "SND-41",
            "sets a buffer that is not a number of periods",
            "make buffer_bytes a multiple of period_bytes, neither of them 0"),
    PERIOD_NOT_FRAMES(
            Weight.ADVICE,
            "5.14.6.6.3.2",
            "SND-41",
            "sets a period that ends in the middle of a frame",
            "round period_bytes to whole frames: channels * bytes of a sample"),
    PARAMS_NOT_OFFERED(
            Weight.MUST,
            "5.14.6.6.3.2",
            "SND-41",
            "sets what PCM_INFO does not offer",
            "choose among the formats, rates, channels and features of PCM_INFO"),
    PADDING_NOT_ZERO(
            Weight.MUST, "5.14.6.6.3.2", "SND-42", "leaves something in the padding of SET_PARAMS", "write 0 there"),
    WRONG_STATE(
            Weight.MUST,
            "5.14.6.6.1",
            "SND-50",
            "sends a command that the stream's state does not allow",
            "keep to SET_PARAMS, PREPARE, START, STOP, RELEASE; after STOP come START or RELEASE only"),
    RELEASED_TWICE(
            Weight.MUST,
            "5.14.6.6.1",
            "SND-50",
            "releases a stream that is not prepared",
            "send RELEASE once, after PREPARE or STOP"),
    REFUSAL_IGNORED(
            Weight.ADVICE,
            "5.14.6",
            "SND-11",
            "goes on as if a request had been granted that was refused",
            "look at the status of every reply: only 0x8000 is OK"),

    // A stream's life and its messages
    STARTED_EMPTY(
            Weight.ADVICE,
            "5.14.6.6.1",
            "SND-52",
            "starts an output with no message queued",
            "queue a buffer of sound between PREPARE and START: what comes later begins with a gap"),
    INPUT_STARTED_EMPTY(
            Weight.SHOULD,
            "5.14.6.8.2.2",
            "SND-76",
            "starts an input with no message queued",
            "queue the buffer's messages before START: what is recorded meanwhile may be lost"),
    NEVER_RELEASED(
            Weight.ADVICE,
            "5.14.6.6.1",
            "SND-58",
            "stops a stream and never releases it",
            "send RELEASE when nobody uses the stream: until then the host's device, a microphone too, stays open"),
    RELEASE_AWAITED(
            Weight.ADVICE,
            "5.14.6.6.5.1",
            "SND-54",
            "waits after STOP for messages that only RELEASE returns",
            "send RELEASE at once, then wait"),
    HEADER_UNFIT(
            Weight.MUST,
            "5.14.6.8",
            "SND-70",
            "puts 8 bytes before the sound of a message",
            "put 4 there, the stream's id: the other 4 are taken for sound, a tick in each message"),
    MESSAGE_SHORT(
            Weight.MUST,
            "5.14.6.8",
            "SND-78",
            "sends a message without room for its header or its status",
            "give 4 readable bytes for the header and 8 writable ones, last, for the status"),
    MESSAGE_DIRECTION(
            Weight.MUST,
            "5.14.6.8.1.2",
            "SND-78",
            "puts sound in a message in the wrong direction",
            "make the sound readable in the tx queue and writable in the rx queue"),
    MESSAGE_NOT_PERIOD(
            Weight.SHOULD,
            "5.14.6.8.1.2",
            "SND-75",
            "sends messages that are not periods",
            "set period_bytes to what a message holds; only the last of a stream may be shorter"),
    MESSAGE_NOT_FRAMES(
            Weight.ADVICE,
            "5.14.6.8",
            "SND-75",
            "sends a message that ends in the middle of a frame",
            "send whole frames"),
    MESSAGE_STATE(
            Weight.ADVICE,
            "5.14.6.6.1",
            "SND-80",
            "sends messages to a stream that is not prepared",
            "send them between PREPARE and RELEASE: others come back with IO_ERR"),
    MESSAGE_STORM(
            Weight.ADVICE,
            "5.14.6.8",
            "SND-80",
            "sends message after message though they come back with IO_ERR",
            "look at the status, and stop or set up the stream anew"),
    BUFFER_OVERFILLED(
            Weight.ADVICE,
            "5.14.6.6.3",
            "SND-40",
            "keeps more sound in flight than the buffer that it has set",
            "set buffer_bytes to what can be in flight: the card judges by it how late a message may come"),
    ONE_IN_FLIGHT(
            Weight.ADVICE,
            "5.14.6.6.3",
            "SND-74",
            "keeps one message in flight though its buffer has several periods",
            "queue the next message before the last is back, or set a buffer of one period");

    /** How the standard puts it. */
    public enum Weight {
        /** The standard demands it of a driver, or defines it so. */
        MUST,
        /** The standard recommends it. */
        SHOULD,
        /** The standard leaves it open, and it costs the driver's user something. */
        ADVICE
    }

    private final Weight weight;
    private final String section;
    private final String checklist;
    private final String what;
    private final String instead;

    RemarkKind(Weight weight, String section, String checklist, String what, String instead) {
        this.weight = weight;
        this.section = section;
        this.checklist = checklist;
        this.what = what;
        this.instead = instead;
    }

    /** How the standard puts it. */
    public Weight weight() {
        return weight;
    }

    /** Of VIRTIO 1.4, if it does not say otherwise. */
    public String section() {
        return section;
    }

    /** Of the project's checklist. */
    public String checklist() {
        return checklist;
    }

    /** What the driver does: goes on after "the driver". */
    public String what() {
        return what;
    }

    /** What it should do: an imperative without its end. */
    public String instead() {
        return instead;
    }
}
