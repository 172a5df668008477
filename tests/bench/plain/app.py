"""The dashboard most people would write in an afternoon, as the other side of every measurement.

Streamlit, pandas and plotly.express over the same stored facts: whole tables are loaded once under `st.cache_data`
and everything else is pandas on each run, with themes, charts and server settings as they come. It leaves out
what the product is about: as-of, editions in force, intervals of differences, checks of the data, source lines,
permalinks, downloads, the direct labels, and marts. It takes names as resolved by the product's own registry,
which is a gift: by hand that is most of the work. Run it with LANDSCAPE_DATABASE naming a published file:

    cd tests/bench/plain && streamlit run app.py
"""

from __future__ import annotations

import os

import duckdb
import pandas as pd
import plotly.express as px
import streamlit as st

SUBJECT = "openai/gpt-oss-120b"
SMALLER = "openai/gpt-oss-20b"
OPEN = {
    "Commercial use allowed": ["commercial_weights", "restricted_commercial_weights"],
    "Any weights": ["commercial_weights", "restricted_commercial_weights", "noncommercial_weights"],
}
BOARDS = {"Epoch index": ("epoch_eci", "eci"), "Arena text": ("lmarena", "text")}


@st.cache_data
def load_table(name: str) -> pd.DataFrame:
    """A relation of the published file, whole."""
    with duckdb.connect(os.environ["LANDSCAPE_DATABASE"], read_only=True) as con:
        table: pd.DataFrame = con.execute(f"select * from {name}").df()
    return table


@st.cache_data
def load_scores() -> pd.DataFrame:
    """Every score with its model."""
    names = load_table("main.model_names")[["source_id", "name_raw", "config_raw", "model_id", "config"]]
    scores = load_table("stored.scores").merge(names, on=["source_id", "name_raw", "config_raw"], how="left")
    models = load_table("main.models")[["model_id", "name", "access", "released_on"]]
    scores = scores.merge(models, on="model_id", how="left")
    scores["label"] = scores["name"].fillna(scores["name_raw"])
    return scores


@st.cache_data
def load_prices() -> pd.DataFrame:
    """Every price with its model and the usual 3:1 blend."""
    names = load_table("main.model_names")[["source_id", "name_raw", "model_id"]].drop_duplicates()
    prices = load_table("stored.prices").merge(names, on=["source_id", "name_raw"], how="left")
    prices["blend"] = (3 * prices["input_usd_per_mtok"] + prices["output_usd_per_mtok"]) / 4
    prices["day"] = prices["observed_at"].dt.normalize()
    return prices[prices["blend"] > 0]


@st.cache_data
def load_downloads() -> pd.DataFrame:
    """Hub readings, one a repository and day."""
    readings = load_table("stored.hub_readings").dropna(subset=["downloads_30d"])
    readings["day"] = readings["read_at"].dt.normalize()
    return readings.sort_values("read_at").drop_duplicates(["name_raw", "day"], keep="last")


def select_newest(scores: pd.DataFrame, board: str) -> pd.DataFrame:
    """The newest edition of a board, best first."""
    source_id, name = BOARDS[board]
    rows: pd.DataFrame = scores[
        (scores["source_id"] == source_id) & (scores["board"] == name) & (scores["category"] == "overall")
    ]
    rows = rows[rows["edition"] == rows["edition"].max()]
    return rows.sort_values("observed_at").drop_duplicates("label", keep="last").sort_values("value", ascending=False)


def draw_frontier(rows: pd.DataFrame, rule: str) -> None:
    """Every model by release date, and the best so far of open and closed."""
    rows = rows.dropna(subset=["released_on"]).copy()
    rows["class"] = rows["access"].isin(OPEN[rule]).map({True: "open", False: "proprietary"})
    rows = rows.sort_values("released_on")
    rows["best"] = rows.groupby("class")["value"].cummax()
    st.plotly_chart(px.scatter(rows, x="released_on", y="value", color="class", hover_name="label"), key="points")
    st.plotly_chart(px.line(rows, x="released_on", y="best", color="class", line_shape="hv"), key="frontier")


def draw_floor(model_id: str, key: str) -> pd.DataFrame:
    """Cheapest, median and dearest listing by day."""
    prices = load_prices()
    mine = prices[prices["model_id"] == model_id]
    daily = mine.groupby("day")["blend"].agg(["min", "median", "max"]).reset_index()
    st.plotly_chart(px.line(daily, x="day", y=["min", "median", "max"], markers=True), key=key)
    return daily


def show_overview() -> None:
    """Tiles, frontier, price."""
    st.title("gpt-oss landscape")
    scores, prices, downloads = load_scores(), load_prices(), load_downloads()
    newest = select_newest(scores, "Epoch index")
    own = newest[newest["model_id"] == SUBJECT]["value"].max()
    counts = downloads[downloads["name_raw"] == SUBJECT].sort_values("day")["downloads_30d"]
    floor = prices[prices["model_id"] == SUBJECT].groupby("day")["blend"].min()
    tiles = st.columns(4)
    tiles[0].metric("Models with a higher index", int((newest["value"] > own).sum()))
    tiles[1].metric("Downloads, 30 days", f"{counts.iloc[-1]:,.0f}", f"{counts.iloc[-1] - counts.iloc[0]:,.0f}")
    tiles[2].metric("Price floor", f"${floor.iloc[-1]:.3f}", f"{floor.iloc[-1] - floor.iloc[0]:.3f}")
    tiles[3].metric("Index", f"{own:.1f}")
    rule = st.radio("Open means", list(OPEN), horizontal=True, key="open")
    draw_frontier(newest, rule)
    st.subheader("Price of gpt-oss-120b")
    draw_floor(SUBJECT, "floor")


def show_capability() -> None:
    """A board: by release date, over time, and as a table."""
    st.title("Capability")
    scores = load_scores()
    board = st.radio("Measure", list(BOARDS), horizontal=True, key="measure")
    rule = st.radio("Open means", list(OPEN), horizontal=True, key="open")
    newest = select_newest(scores, board)
    draw_frontier(newest, rule)
    chosen = st.multiselect("Models", list(newest["label"]), list(newest["label"][:10]), key="models")
    source_id, name = BOARDS[board]
    past = scores[(scores["source_id"] == source_id) & (scores["board"] == name) & scores["label"].isin(chosen)]
    past = past.groupby(["label", "edition"])["value"].max().reset_index()
    st.plotly_chart(px.line(past, x="edition", y="value", color="label", markers=True), key="history")
    shown = newest.assign(up=newest["high"] - newest["value"], down=newest["value"] - newest["low"])
    shown = shown[shown["label"].isin(chosen)]
    st.plotly_chart(px.scatter(shown, x="value", y="label", error_x="up", error_x_minus="down"), key="whiskers")
    st.dataframe(newest[["label", "value", "low", "high", "access", "released_on"]])


def show_adoption() -> None:
    """Downloads and likes of some repositories."""
    st.title("Adoption and use")
    downloads = load_downloads()
    models = load_table("main.models")
    tracked = sorted(models.loc[models["tracked"], "model_id"])
    chosen = st.multiselect("Models", tracked, [m for m in tracked if m in (SUBJECT, SMALLER)], key="models")
    clock = st.radio("Clock", ["Date", "Days since release"], horizontal=True, key="clock")
    mine = downloads[downloads["name_raw"].isin(chosen)].merge(models, left_on="name_raw", right_on="model_id")
    mine["age"] = (mine["day"] - pd.to_datetime(mine["released_on"])).dt.days
    x = "day" if clock == "Date" else "age"
    for column in ("downloads_30d", "likes"):
        st.plotly_chart(px.line(mine, x=x, y=column, color="name_raw", markers=True), key=column)


def show_price() -> None:
    """Listings of one model, and price against capability."""
    st.title("Price")
    prices, newest = load_prices(), select_newest(load_scores(), "Epoch index")
    known = sorted(prices["model_id"].dropna().unique())
    model_id = st.selectbox("Model", known, known.index(SUBJECT), key="model")
    draw_floor(model_id, "floor")
    floors = prices.groupby("model_id")["blend"].median().reset_index()
    both = newest.merge(floors, on="model_id")
    st.plotly_chart(px.scatter(both, x="value", y="blend", log_y=True, hover_name="label", color="access"), key="value")
    st.dataframe(prices[prices["model_id"] == model_id][["day", "provider", "input_usd_per_mtok", "blend"]])


def show_compare() -> None:
    """Two to six models side by side."""
    st.title("Compare")
    scores, downloads = load_scores(), load_downloads()
    newest = select_newest(scores, "Arena text").dropna(subset=["model_id"])
    labels = list(newest["label"])
    first = [*newest.loc[newest["model_id"] == SUBJECT, "label"], *labels[:2]]
    chosen = st.multiselect("Models", labels, first, max_selections=6, key="models")
    ids = newest.loc[newest["label"].isin(chosen), "model_id"]
    st.dataframe(load_table("main.models").set_index("model_id").loc[ids].T.astype(str))
    board = st.radio("Board", ["Every board", "Arena text"], horizontal=True, key="board")
    shared = scores[scores["model_id"].isin(ids) & ((board == "Every board") | (scores["board"] == "text"))]
    shared = shared.groupby(["board", "category", "label"])["value"].max().reset_index()
    st.plotly_chart(px.bar(shared, x="value", y="category", color="label", barmode="group"), key="scores")
    mine = downloads[downloads["name_raw"].isin(ids)]
    st.plotly_chart(px.line(mine, x="day", y="downloads_30d", color="name_raw", markers=True), key="downloads")


st.set_page_config(page_title="gpt-oss, plain", layout="wide")
st.navigation(
    [
        st.Page(show_overview, title="Overview", url_path="overview", default=True),
        st.Page(show_capability, title="Capability", url_path="capability"),
        st.Page(show_adoption, title="Adoption and use", url_path="adoption"),
        st.Page(show_price, title="Price", url_path="price"),
        st.Page(show_compare, title="Compare", url_path="compare"),
    ]
).run()
