// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.SndWire;

/** The virtio_sound driver with its device open: streams, channel maps, one event buffer. One thread. */
public final class HaikuSoundDriver {
    private static final int QUEUES = 4;
    private static final int CONFIG_JACKS = 0;
    private static final int CONFIG_STREAMS = 4;
    private static final int CONFIG_CHMAPS = 8;
    private static final int EVENT_BYTES = 8;

    /** FL, FR, RL, RR, FLC and FRC: all others come out as 0 in the driver's table. */
    private static final Set<Integer> KNOWN_POSITIONS = Set.of(3, 4, 5, 6, 12, 13);

    private final HaikuKernel kernel;
    private final HaikuVirtioDevice virtio;
    private final HaikuControlQueue control;
    private final Area events;
    private final List<HaikuPcmStream> streams = new ArrayList<>();
    private final MultiAudioDevice multiAudio;
    private final boolean staysLoaded;
    private boolean open = true;

    /** init_device: all that the first open does. */
    HaikuSoundDriver(HaikuKernel kernel, HaikuVirtioDevice virtio, boolean staysLoaded) {
        this.staysLoaded = staysLoaded;
        this.kernel = kernel;
        this.virtio = virtio;
        virtio.negotiateFeatures();
        virtio.allocateQueues(QUEUES);
        virtio.setUpInterrupts();
        control = new HaikuControlQueue(kernel, virtio.queue(SndWire.CONTROL_QUEUE));
        multiAudio = new MultiAudioDevice(kernel, virtio, streams);
        try {
            virtio.readConfig(CONFIG_JACKS);
            queryStreams(virtio.readConfig(CONFIG_STREAMS));
            queryChannelMaps(virtio.readConfig(CONFIG_CHMAPS));
        } catch (DeviceFaultException e) {
            control.delete();
            virtio.freeQueues();
            throw e;
        }
        events = kernel.createArea("virtio_snd event buffer", AreaSpace.PAGE_BYTES);
        virtio.queue(SndWire.EVENT_QUEUE)
                .writable(events.address(), EVENT_BYTES)
                .writable(events.address() + EVENT_BYTES, EVENT_BYTES)
                .queueRequest();
    }

    private static DeviceFaultException refused(String why) {
        return new DeviceFaultException("the virtio_sound driver does not open the device: " + why);
    }

    private void queryStreams(int count) {
        if (count == 0) {
            throw refused("no PCM streams found");
        }
        byte[] reply = control.query(SndWire.R_PCM_INFO, count, SndWire.PCM_INFO_BYTES);
        if (reply == null) {
            throw refused("stream info query failed");
        }
        ByteBuffer info = ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN);
        for (int id = 0; id < count; id++) {
            int at = id * SndWire.PCM_INFO_BYTES;
            long formats = info.getLong(at + 8);
            long rates = info.getLong(at + 16);
            int direction = info.get(at + 24);
            int channelsMin = info.get(at + 25) & 0xff;
            int channelsMax = info.get(at + 26) & 0xff;
            if (!SampleFormat.anyIn(formats)) {
                throw refused("stream " + id + ": unsupported PCM formats");
            }
            if (SampleRates.highest(rates) == 0) {
                throw refused("stream " + id + ": unsupported PCM rates");
            }
            if (direction != 0 && direction != 1) {
                throw refused("unknown stream direction " + direction);
            }
            if (channelsMin > channelsMax) {
                throw refused("invalid channel range");
            }
            streams.add(new HaikuPcmStream(
                    control, id, info.getInt(at), direction == 0, formats, rates, channelsMin, channelsMax));
        }
    }

    private void queryChannelMaps(int count) {
        if (count == 0) {
            return;
        }
        byte[] reply = control.query(SndWire.R_CHMAP_INFO, count, SndWire.CHMAP_INFO_BYTES);
        if (reply == null) {
            throw refused("channel map query failed");
        }
        ByteBuffer info = ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN);
        for (int id = 0; id < count; id++) {
            int at = id * SndWire.CHMAP_INFO_BYTES;
            HaikuPcmStream stream = withNid(info.get(at + 4) == 0, info.getInt(at));
            stream.channels = info.get(at + 5) & 0xff;
            if (stream.channels < stream.channelsMin || stream.channels > stream.channelsMax) {
                throw refused("channel map " + id + " has " + stream.channels + " channels");
            }
            for (int channel = 0; channel < stream.channels; channel++) {
                if (!KNOWN_POSITIONS.contains((int) info.get(at + 6 + channel))) {
                    throw refused("unsupported channel designation " + info.get(at + 6 + channel));
                }
            }
        }
    }

    private HaikuPcmStream withNid(boolean output, int nid) {
        return streams.stream()
                .filter(stream -> stream.isOutput == output && stream.nid == nid)
                .findFirst()
                .orElseThrow(() -> refused("no matching stream for a channel map"));
    }

    HaikuKernel kernel() {
        return kernel;
    }

    MultiAudioDevice multiAudio() {
        return multiAudio;
    }

    boolean isOpen() {
        return open;
    }

    /** Closes the device: stops and releases what runs, gives everything back and resets. Does nothing the second time. */
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        kernel.log().mark("close");
        for (HaikuPcmStream stream : streams) {
            if (stream.state == HaikuPcmStream.State.START && !(stream.stop() && stream.release())) {
                break;
            }
        }
        virtio.freeQueues();
        control.delete();
        kernel.deleteArea(events);
        multiAudio.deleteBuffers();
        for (HaikuPcmStream stream : streams) {
            if (stream.transfers != null) {
                kernel.deleteArea(stream.transfers);
            }
        }
        if (!staysLoaded) {
            virtio.uninit();
        }
        kernel.checkDeletedAreas();
    }
}
