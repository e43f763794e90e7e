/** The registry of Socket.IO events. Written by `python -m igym.events`; a test compares. */

export const VERSION = 3;

/** @type {import("./payloads.js").Registry} */
export const EVENTS = {
  page_hello: {"direction": "C->S", "fields": {"participant_id": "s", "page_id": "s", "tab_id": "s?", "registry_version": "i"}},
  scene_advance: {"direction": "C->S", "fields": {"scene_id": "s", "values": "j"}},
  lobby_join: {"direction": "C->S", "fields": {"scene_id": "s"}},
  page_ping: {"direction": "C->S", "fields": {"seq": "i"}},
  link_signal: {"direction": "both", "fields": {"session_id": "s", "seat": "i", "generation": "i", "kind": "s", "payload": "j"}},
  link_report: {"direction": "C->S", "fields": {"session_id": "s", "peer_seat": "i", "state": "s", "route": "s", "candidates": "j?", "frame": "i", "t_ms": "f"}},
  episode_report: {"direction": "C->S", "fields": {"session_id": "s", "episode": "i", "phase": "s", "frame": "i"}},
  session_leave: {"direction": "C->S", "fields": {"session_id": "s", "reason": "s"}},
  data_chunk: {"direction": "C->S", "fields": {"session_id": "s", "episode": "i", "seat": "i", "kind": "s", "seq": "i", "first_frame": "i", "last_frame": "i", "rows": "[s]", "sha256": "s"}},
  episode_seal: {"direction": "C->S", "fields": {"session_id": "s", "episode": "i", "seat": "i", "end_frame": "i", "rows": "i", "chunks": "i", "input_hash": "s", "state_hash": "s", "verified": "b", "reason": "s", "stats": "j"}},
  desync_report: {"direction": "C->S", "fields": {"session_id": "s", "episode": "i", "seat": "i", "frame": "i", "own_hash": "s", "peer_seat": "i", "peer_hash": "s", "verified_frame": "i", "t_ms": "f", "dump": "s"}},
  client_log: {"direction": "C->S", "fields": {"level": "s", "text": "s", "t_ms": "f"}},
  page_rejected: {"direction": "S->C", "fields": {"code": "s", "message": "s"}},
  scene_activate: {"direction": "S->C", "fields": {"scene_id": "s", "kind": "s", "index": "i", "total": "i", "config": "j"}},
  lobby_state: {"direction": "S->C", "fields": {"phase": "s", "waiting_count": "i?", "group_size": "i", "message": "s?"}},
  session_assigned: {"direction": "S->C", "fields": {"session_id": "s", "scene_id": "s", "registry_version": "i", "seat": "i", "seats": "i", "seed": "i", "episodes": "i", "max_steps": "i?", "input_delay_frames": "i", "input_delay_changes": "j", "prediction_limit_frames": "i?", "upload_interval_ms": "i", "countdown_ms": "i", "keys": "j", "ice": "j", "profile": "s"}},
  session_end: {"direction": "S->C", "fields": {"session_id": "s", "reason": "s", "outcome": "s", "message": "s", "next": "s", "completion_code": "s?"}},
  event_error: {"direction": "S->C", "fields": {"event": "s", "code": "s", "detail": "s"}},
};
