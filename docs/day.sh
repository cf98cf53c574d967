#!/bin/sh
# A visit's first half with curl, against the clinic that `make run` serves: sh docs/day.sh
# Needs curl and the project's own Python; everything is synthetic.
set -eu
PY=${PY:-.venv/bin/python} HOST=${HOST:-http://localhost:8000} FOLDER=${FOLDER:-var/run}
of() { "$PY" -c "import json,sys; print(json.load(open('$FOLDER/logins.json'))$1)"; }      # of "['organisation']"
field() { "$PY" -c "import json,sys; print(json.load(sys.stdin)$1)"; }                       # … | field "['id']"
signin() { # signin LOGIN: a token for the day; a code works once, so a second sign-in waits for the next
  curl -sf "$HOST/api/v1/sign-in" -H 'Content-Type: application/json' -d "{\"organisation\": \"$(of "['organisation']")\",
    \"login\": \"$1\", \"password\": \"synthetic demonstration password\", \"device_secret\": \"$(of "['made']['tablet_secret']")\",
    \"code\": \"$("$PY" -m flask --app wsgi demo-code "$1" --folder "$FOLDER")\"}" | field "['token']"; }
as() { # as LOGIN TOKEN PATH JSON: one act under a fresh key, with one's own PIN
  curl -s "$HOST/api/v1$3" -H "Authorization: Bearer $2" -H "Idempotency-Key: $("$PY" -c 'import uuid; print(uuid.uuid4())')" \
    -H "Clinic-Pin: $(of "['people']['$1']['pin']")" -H 'Content-Type: application/json' -d "$4"; }
SITE=$(of "['made']['site']") CHAIR=$(of "['made']['Chair 1']") REG=$(of "['made']['registration']")
NOW=$("$PY" -c "from datetime import *; print(datetime.now(UTC).isoformat())")

# The ten lines.
NURSE=$(signin ada) DOCTOR=$(signin reyes) KEEPER=$(signin kim) ADMIN=$(signin alma)
SAFE=$(as alma "$ADMIN" /locations "{\"registration\": \"$REG\", \"name\": \"Safe $NOW\"}" | field "['id']")
VIAL=$(as kim "$KEEPER" /receipts "{\"location\": \"$SAFE\", \"supplier_name\": \"Synthetic Supply\", \"supplier_address\": \"99 Depot Road\", \"supplier_dea_number\": \"RS1234563\", \"invoice_number\": \"$NOW\", \"invoice_date\": \"2026-01-05\", \"lines\": [{\"ndc\": \"0409-2053-10\", \"lot\": \"SYN42A\", \"expiry\": \"2099-12-31\", \"vials_invoiced\": 1, \"vials_received\": 1}]}" | field "['lines'][0]['containers'][0]['id']")
PATIENT=$(as ada "$NURSE" /patients '{"name": "Wei Synthetic", "date_of_birth": "1990-02-28", "sex": "female", "zone": "America/New_York"}' | field "['id']")
ORDER=$(as reyes "$DOCTOR" /orders "{\"patient\": \"$PATIENT\", \"protocol\": \"iv-ketamine\", \"route\": \"intravenous\", \"visits\": 6, \"mg_per_kg\": \"0.5\", \"minutes\": 40, \"basis\": \"actual\", \"cap_mg\": \"60\", \"valid_until\": \"2099-12-31T00:00:00Z\", \"indication\": \"F33.2\"}" | field "['id']")
as reyes "$DOCTOR" "/orders/$ORDER/signature" '{}' | field "['state']"
VISIT=$(as ada "$NURSE" /sessions "{\"patient\": \"$PATIENT\", \"site\": \"$SITE\", \"chair\": \"$CHAIR\", \"identifiers_checked\": [\"name\", \"date_of_birth\"]}" | field "['id']")
as ada "$NURSE" "/sessions/$VISIT/readings" '{"systolic_mmhg": 124, "diastolic_mmhg": 76, "heart_rate_bpm": 72, "spo2_percent": 98, "respiratory_rate_per_min": 14, "moaas": 5, "dissociation_nrs": 0}' | field "['recorded_at']"
as ada "$NURSE" "/sessions/$VISIT/screening" '{}' | field "['detail']" || true   # refused: says which gates are open, and what would meet each
curl -s "$HOST/api/v1/containers/$VIAL" -H "Authorization: Bearer $KEEPER" | field "['container']['balance_mg']"
