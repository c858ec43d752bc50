import { type BandwidthPlan, type LimitPeriod, WEEKDAYS } from "@twinfold/api";
import { RateField } from "./bandwidth-rate.tsx";

type Schedule = NonNullable<BandwidthPlan["schedule"]>;

const DAYS: Readonly<Record<(typeof WEEKDAYS)[number], string>> = {
  mon: "Mon",
  tue: "Tue",
  wed: "Wed",
  thu: "Thu",
  fri: "Fri",
  sat: "Sat",
  sun: "Sun",
};

/** Office hours, which is what most want. */
export function newPeriod(): LimitPeriod {
  return { days: ["mon", "tue", "wed", "thu", "fri"], from: "08:00", to: "18:00", up: 1_000_000, down: null };
}

/** The hours with other limits, and by which clock they are meant. */
export function BandwidthHours(props: {
  readonly schedule: Schedule;
  /** Null when none are left. */
  readonly onChange: (schedule: Schedule | null) => void;
}) {
  const { schedule, onChange } = props;
  const { periods, timeZone } = schedule;
  const change = (at: number, period: LimitPeriod) =>
    onChange({ ...schedule, periods: periods.map((one, index) => (index === at ? period : one)) });
  const remove = (at: number) => {
    const rest = periods.filter((_, index) => index !== at);
    onChange(rest.length === 0 ? null : { ...schedule, periods: rest });
  };
  const zones = Intl.supportedValuesOf("timeZone");
  return (
    <>
      {periods.map((period, at) => (
        <Hours
          // Hours have no name but their place.
          // biome-ignore lint/suspicious/noArrayIndexKey: what is edited keeps its place
          key={at}
          number={at + 1}
          period={period}
          onChange={(next) => change(at, next)}
          onRemove={() => remove(at)}
        />
      ))}
      {periods.length > 1 && <p className="quiet">Where hours overlap, the ones further up count.</p>}
      <p>
        <label>
          Time zone of these hours{" "}
          <select value={timeZone} onChange={({ target }) => onChange({ ...schedule, timeZone: target.value })}>
            {(zones.includes(timeZone) ? zones : [timeZone, ...zones]).map((zone) => (
              <option key={zone}>{zone}</option>
            ))}
          </select>
        </label>
      </p>
    </>
  );
}

function Hours(props: {
  readonly number: number;
  readonly period: LimitPeriod;
  readonly onChange: (period: LimitPeriod) => void;
  readonly onRemove: () => void;
}) {
  const { number, period, onChange } = props;
  const { days, from, to } = period;
  const time = (which: "from" | "to", words: string) => (
    <label className="check">
      {words}{" "}
      <input
        type="time"
        required
        value={period[which]}
        onChange={({ target: { value } }) => onChange({ ...period, [which]: value })}
      />
    </label>
  );
  return (
    <fieldset className="hours">
      <legend>Hours {number}</legend>
      <div className="row">
        {WEEKDAYS.map((day) => (
          <label key={day} className="check">
            <input
              type="checkbox"
              checked={days.includes(day)}
              onChange={({ target: { checked } }) =>
                onChange({ ...period, days: WEEKDAYS.filter((one) => (one === day ? checked : days.includes(one))) })
              }
            />{" "}
            {DAYS[day]}
          </label>
        ))}
      </div>
      <div className="row">
        {time("from", "From")}
        {time("to", "until")}
        {from >= to && <span className="quiet">of the next day</span>}
      </div>
      <div className="row counts">
        <RateField words="To Dropbox" rate={period.up} onChange={(up) => onChange({ ...period, up })} />
        <RateField words="From Dropbox" rate={period.down} onChange={(down) => onChange({ ...period, down })} />
        <button type="button" className="link" onClick={props.onRemove}>
          Remove hours {number}
        </button>
      </div>
    </fieldset>
  );
}
