// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/** Who makes a stream as loud as its volume and switch say. */
public enum VolumeRule {
    /** The device, sample by sample. */
    CARD,
    /** The host's mixer, if it has a volume for the stream; whoever changes it there changes it for the guest. */
    HOST
}
