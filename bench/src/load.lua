-- Sends prepared requests in turn. BENCH_REQUESTS is a file with a token, a tab and a body on each line;
-- BENCH_STAMP are six digits that no other run of the same data has.
local entries, turn, sent = {}, 0, 0
local stamp = os.getenv("BENCH_STAMP") or "000000"

function init()
  for line in io.lines(os.getenv("BENCH_REQUESTS")) do
    local token, body = line:match("^(%S+)\t(.*)$")
    local headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. token }
    if body:find("@unique@", 1, true) then
      entries[#entries + 1] = { headers, body }
    else
      entries[#entries + 1] = wrk.format("POST", nil, headers, body)
    end
  end
  -- Where to begin, so that the rounds do not all begin with the same tenant.
  turn = tonumber(stamp, 16) % #entries
end

function request()
  turn = turn + 1
  local entry = entries[turn % #entries + 1]
  if type(entry) == "string" then return entry end
  sent = sent + 1
  local body = entry[2]:gsub("@unique@", stamp .. string.format("%06x", sent))
  return wrk.format("POST", nil, entry[1], body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nFIGURES {"requests":%d,"micros":%d,"refused":%d,"broken":%d,"bytes":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, summary.bytes,
    latency:percentile(50), latency:percentile(99)))
end
