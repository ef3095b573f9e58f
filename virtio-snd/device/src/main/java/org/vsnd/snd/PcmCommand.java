// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/** The commands of a PCM stream's life cycle, 5.14.6.6.1. */
enum PcmCommand {
    SET_PARAMS,
    PREPARE,
    RELEASE,
    START,
    STOP
}
