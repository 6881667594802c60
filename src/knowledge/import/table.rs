//! Records in tables: values separated by commas, semicolons, tabs or vertical bars.

use csv::{ByteRecord, ReaderBuilder};

use super::field_choice::FieldChoice;
use super::field_names::{self, Field};
use super::limits::{MAX_LINE_ERRORS, MAX_QUESTIONS};
use super::plain_text::{ends_like_question, on_one_line, split_list};
use super::record::{Answer, Record, RecordLocation};
use super::{LineError, LineProblem, ReadError, TableLayout};

/// Separators of values, the likelier first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Most rows above the header, besides empty ones.
const N_TITLE_ROWS: usize = 10;

/// Rows from which the separator and the columns are recognized.
const N_SAMPLE_ROWS: usize = 200;

/// The records of a table, and how it was read.
///
/// # Errors
/// [`ReadError`] if there are no two columns, if a column that the user named is missing, if a quotation mark is
/// not closed where its cell ends, or if rows have more cells than there are columns.
pub(super) fn read(
    text: &str,
    fields: &FieldChoice,
) -> Result<(Vec<Record>, TableLayout), ReadError> {
    let (text, named) = without_separator_line(text);
    let table = Sample::recognize(text, named, fields).ok_or_else(|| no_columns(text))?;
    let Sample { separator, n_above, rows: sample } = table;
    if let Some(line) = line_of_open_cell(text, separator) {
        return Err(ReadError::OpenCell { line });
    }
    let n_columns = sample.first().map_or(0, |row| row.cells.len());
    let columns = Columns::recognize(&sample, fields)?;
    let layout = TableLayout {
        separator: char::from(separator),
        has_header: columns.has_header,
        question: columns.name_of(&sample, columns.question),
        answer: columns.name_of(&sample, columns.answer),
        not_read: columns.not_read(&sample),
    };
    let mut records = Vec::new();
    let mut errors = Vec::new();
    for row in rows(text, separator).skip(n_above + usize::from(columns.has_header)) {
        match row.n_cells() {
            n_cells if n_cells > n_columns => {
                let separator = layout.separator;
                let problem = LineProblem::TooManyCells { n_cells, n_columns, separator };
                errors.push(LineError { line: row.line, problem });
                if errors.len() == MAX_LINE_ERRORS {
                    break;
                }
            }
            _ if records.len() > MAX_QUESTIONS => return Err(ReadError::TooManyQuestions),
            _ => records.extend(columns.record(&row)),
        }
    }
    if errors.is_empty() { Ok((records, layout)) } else { Err(ReadError::Lines { errors }) }
}

/// Why no separator makes columns: a cell that is not closed holds the rows below it.
fn no_columns(text: &str) -> ReadError {
    let open = SEPARATORS.into_iter().find_map(|separator| line_of_open_cell(text, separator));
    open.map_or(ReadError::NoColumns, |line| ReadError::OpenCell { line })
}

/// The line on which a cell starts whose quotation mark is not closed where a cell ends, but in the middle of a
/// later line, or never: it holds rows that are not its own.
fn line_of_open_cell(text: &str, separator: u8) -> Option<usize> {
    let mut bytes = text.bytes().peekable();
    let mut line = 1;
    let mut is_cell_start = true;
    while let Some(byte) = bytes.next() {
        if byte == b'"' && is_cell_start {
            let start = line;
            loop {
                match bytes.next() {
                    None => return Some(start),
                    Some(b'\n') => line += 1,
                    Some(b'"') if bytes.next_if_eq(&b'"').is_none() => break,
                    Some(_) => {}
                }
            }
            let ends_cell =
                bytes.peek().is_none_or(|next| *next == separator || next.is_ascii_whitespace());
            if line > start && !ends_cell {
                return Some(start);
            }
            is_cell_start = false;
            continue;
        }
        line += usize::from(byte == b'\n');
        is_cell_start = byte == separator || byte == b'\n';
    }
    None
}

/// A row: its cells, and the line on which it starts.
struct Row {
    cells: Vec<String>,
    line: usize,
}

impl Row {
    /// The number of cells up to the last that is not blank.
    fn n_cells(&self) -> usize {
        self.cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1)
    }

    fn cell(&self, idx: usize) -> &str {
        self.cells.get(idx).map_or("", |cell| cell.trim())
    }
}

fn rows(text: &str, separator: u8) -> impl Iterator<Item = Row> + '_ {
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = ByteRecord::new();
    std::iter::from_fn(move || {
        // Reading text from memory does not fail.
        while reader.read_byte_record(&mut record).unwrap_or(false) {
            let cells: Vec<String> =
                record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
            if cells.iter().any(|cell| !cell.trim().is_empty()) {
                return Some(Row {
                    cells,
                    line: record.position().map_or(0, |at| line_of(text, at)),
                });
            }
        }
        None
    })
}

/// The line of a row: the position of the reader is before the blank lines above it.
fn line_of(text: &str, position: &csv::Position) -> usize {
    let number = |n: u64| usize::try_from(n).unwrap_or(0);
    let rest = text.get(number(position.byte())..).unwrap_or_default();
    number(position.line()) + rest.bytes().take_while(|byte| *byte == b'\n').count()
}

/// The separator of Excel's first line `sep=;`, and the text below it, with the line end that keeps the numbers of
/// lines.
fn without_separator_line(text: &str) -> (&str, Option<u8>) {
    let first = text.split('\n').next().unwrap_or_default();
    let line = first.trim_end_matches('\r').trim_matches('"').to_ascii_lowercase();
    match line.strip_prefix("sep=").map(str::as_bytes) {
        Some([separator]) if SEPARATORS.contains(separator) => {
            (text.get(first.len()..).unwrap_or_default(), Some(*separator))
        }
        _ => (text, None),
    }
}

/// The first rows of a table.
struct Sample {
    separator: u8,
    /// The number of rows above the header: titles, notes.
    n_above: usize,
    /// The header, if there is one, and the rows below it.
    rows: Vec<Row>,
}

impl Sample {
    /// The sample with the separator with which the most rows have as many columns as the first, at least two.
    fn recognize(text: &str, named: Option<u8>, fields: &FieldChoice) -> Option<Self> {
        let separators = SEPARATORS.into_iter().rev();
        let candidates = separators
            .filter(|separator| named.is_none_or(|named| named == *separator))
            .filter_map(|separator| {
                let mut sample: Vec<Row> = rows(text, separator).take(N_SAMPLE_ROWS).collect();
                let n_above = n_rows_above_header(&sample, fields);
                sample.drain(..n_above);
                let n_columns = sample.first()?.cells.len();
                let n_same = sample.iter().filter(|row| row.cells.len() == n_columns).count();
                // With two columns only where most rows have them; a comma of a sentence makes a column by
                // chance.
                (n_columns > 1 && n_same * 10 >= sample.len() * 6).then(|| {
                    (n_same * 100 / sample.len(), Self { separator, n_above, rows: sample })
                })
            });
        candidates.max_by_key(|(share, _)| *share).map(|(_, sample)| sample)
    }
}

/// The number of rows above the first that names a column of questions and one of answers; 0 if there is none.
fn n_rows_above_header(sample: &[Row], fields: &FieldChoice) -> usize {
    let names_both = |row: &Row| {
        let at = |field| {
            let names = row.cells.iter().map(String::as_str);
            let is_usual =
                |name: &str| fields.is_named(field) || field_names::is_usual(field, name);
            fields.position(field, names.map(|name| if is_usual(name) { name } else { "" }))
        };
        at(Field::Question)
            .is_some_and(|question| at(Field::Answer).is_some_and(|at| at != question))
    };
    let is_title = |row: &Row| !row.cells.iter().any(|cell| ends_like_question(cell));
    let n_above =
        sample.iter().take(N_TITLE_ROWS + 1).take_while(|row| is_title(row)).position(names_both);
    n_above.unwrap_or(0)
}

/// Which columns hold what.
struct Columns {
    has_header: bool,
    question: usize,
    answer: Option<usize>,
    variants: Option<usize>,
    keywords: Option<usize>,
    tags: Option<usize>,
    id: Option<usize>,
}

impl Columns {
    fn recognize(sample: &[Row], fields: &FieldChoice) -> Result<Self, ReadError> {
        let header = sample.first().ok_or(ReadError::NoColumns)?;
        let names = || header.cells.iter().map(String::as_str);
        let missing = fields.missing(names());
        if let Some(name) = missing.first() {
            let columns =
                names().map(|name| format!("\"{}\"", name.trim())).collect::<Vec<_>>().join(", ");
            return Err(ReadError::NoSuchField { name: (*name).to_owned(), fields: columns });
        }
        // A name of a column is short, and no question; a question may contain the word "question".
        let is_name = |name: &str| name.chars().count() <= 40 && !ends_like_question(name);
        let position =
            |field, taken: &[usize]| {
                let free = header.cells.iter().enumerate();
                let free = free.map(|(idx, name)| {
                    if taken.contains(&idx) || !is_name(name) { "" } else { name.as_str() }
                });
                fields.position(field, free.collect::<Vec<_>>().into_iter())
            };
        let question = position(Field::Question, &[]);
        let taken: Vec<usize> = question.into_iter().collect();
        let answer = position(Field::Answer, &taken);
        // One letter is a name only beside another name.
        let is_letter = |column: usize| header.cell(column).chars().count() == 1;
        let only = question.xor(answer);
        if question.or(answer).is_none() || only.is_some_and(is_letter) {
            return Ok(Self::without_header(sample));
        }
        let rows = sample.get(1..).unwrap_or_default();
        let longest = |except: usize| longest_column(rows, header.cells.len(), except);
        let question =
            question.unwrap_or_else(|| first_text_column(rows, header.cells.len(), answer));
        let answer = answer.or_else(|| longest(question));
        let taken: Vec<usize> = [Some(question), answer].into_iter().flatten().collect();
        Ok(Self {
            has_header: true,
            question,
            answer,
            variants: position(Field::Variants, &taken),
            keywords: position(Field::Keywords, &taken),
            tags: position(Field::Tags, &taken),
            id: position(Field::Id, &taken),
        })
    }

    /// The column with most question marks, else the first with text, and the longest of the others.
    fn without_header(sample: &[Row]) -> Self {
        let n_columns = sample.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        let n_questions = |column: usize| {
            sample.iter().filter(|row| ends_like_question(row.cell(column))).count()
        };
        let most_questions = (0..n_columns).rev().max_by_key(|column| n_questions(*column));
        let question = most_questions
            .filter(|column| n_questions(*column) * 3 >= sample.len())
            .unwrap_or_else(|| first_text_column(sample, n_columns, None));
        let answer = longest_column(sample, n_columns, question);
        Self {
            has_header: false,
            question,
            answer,
            variants: None,
            keywords: None,
            tags: None,
            id: None,
        }
    }

    /// The names of other columns of questions and answers, as of a second language.
    fn not_read(&self, sample: &[Row]) -> Vec<String> {
        let read = [self.variants, self.keywords, self.tags, self.id, self.answer];
        let is_read = |idx: usize| idx == self.question || read.contains(&Some(idx));
        let header = sample.first().filter(|_| self.has_header);
        let cells = header.iter().flat_map(|row| row.cells.iter().enumerate());
        let others = cells.filter(|(idx, name)| !is_read(*idx) && field_names::names_pair(name));
        others.map(|(_, name)| on_one_line(name)).collect()
    }

    fn name_of(&self, sample: &[Row], column: impl Into<Option<usize>>) -> String {
        let Some(column) = column.into() else { return String::new() };
        let name =
            sample.first().filter(|_| self.has_header).map(|row| on_one_line(row.cell(column)));
        name.unwrap_or_else(|| (column + 1).to_string())
    }

    /// `None` for a row with neither a question nor an answer.
    fn record(&self, row: &Row) -> Option<Record> {
        let question = on_one_line(row.cell(self.question));
        let list = |column: Option<usize>| {
            column.map_or_else(Vec::new, |column| split_list(row.cell(column)))
        };
        let text = |column: Option<usize>| {
            column.map(|column| row.cell(column)).filter(|text| !text.is_empty())
        };
        let answer = text(self.answer).and_then(Answer::new);
        (!question.is_empty() || answer.is_some()).then(|| Record {
            location: RecordLocation { file: 0, line: row.line },
            id: text(self.id).map(str::to_owned),
            question,
            variants: list(self.variants),
            keywords: list(self.keywords),
            answers: answer.into_iter().collect(),
            tags: list(self.tags),
            ..Record::default()
        })
    }
}

/// The first column of which most cells are texts with a letter.
fn first_text_column(rows: &[Row], n_columns: usize, except: Option<usize>) -> usize {
    let is_text = |column: usize| {
        let n_texts =
            rows.iter().filter(|row| row.cell(column).contains(char::is_alphabetic)).count();
        n_texts * 2 > rows.len()
    };
    (0..n_columns).find(|column| Some(*column) != except && is_text(*column)).unwrap_or(0)
}

/// The column with the longest texts.
fn longest_column(rows: &[Row], n_columns: usize, except: usize) -> Option<usize> {
    let n_chars = |column: usize| rows.iter().map(|row| row.cell(column).len()).sum::<usize>();
    let columns = (0..n_columns).rev().filter(|column| *column != except);
    columns.max_by_key(|column| n_chars(*column)).filter(|column| n_chars(*column) > 0)
}

/// Whether a usual name says that the table has questions and answers: for files without a telling name.
pub(super) fn looks_like_table(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    SEPARATORS.into_iter().any(|separator| {
        let names = || first.split(char::from(separator)).map(|name| name.trim_matches('"'));
        let question = field_names::find(Field::Question, names());
        question.is_some()
            && field_names::find(Field::Answer, names()).is_some_and(|at| Some(at) != question)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let (records, _) = read(text, &FieldChoice::default()).unwrap();
        let answer =
            |record: &Record| record.answers.first().map(|a| a.text.clone()).unwrap_or_default();
        records
            .iter()
            .map(|r| format!("{}: {} = {}", r.location.line, r.question, answer(r)))
            .collect()
    }

    #[test]
    fn tables_of_every_usual_layout_are_read() {
        let cases: [(&str, &[&str]); 9] = [
            ("Question,Answer\nA?,1.\n\nB?,2.\n", &["2: A? = 1.", "4: B? = 2."]),
            (
                "id;Antwort;Frage\n1;Eins, zwei.;A?\n2;Zwei.;B?\n",
                &["2: A? = Eins, zwei.", "3: B? = Zwei."],
            ),
            (
                "question\tanswer\nA?\t\"Two\nlines\"\nB?\t2.\n",
                &["2: A? = Two\nlines", "4: B? = 2."],
            ),
            (
                "A?,\"1, or 2.\"\nB?,\"Say \"\"so\"\".\"\n",
                &["1: A? = 1, or 2.", "2: B? = Say \"so\"."],
            ),
            ("1,A?,1.\n2,B?,2.\n", &["1: A? = 1.", "2: B? = 2."]),
            ("A|one\nB|two\n", &["1: A = one", "2: B = two"]),
            ("Pregunta;Notas;Texto largo\nA?;x;uno dos tres\n", &["2: A? = uno dos tres"]),
            ("Title,Body\nA,1.\nB,\n,3.\n", &["2: A = 1.", "3: B = ", "4:  = 3."]),
            ("Question,Answer,\nA?,\"1,\n2\" ,\nB?,2.,,\n", &["2: A? = 1,\n2", "4: B? = 2."]),
        ];
        for (text, want) in cases {
            let got = found(text);
            let got: Vec<&str> = got.iter().map(|line| line.trim_end()).collect();
            let want: Vec<&str> = want.iter().map(|line| line.trim_end()).collect();
            assert_eq!(got, want, "{text:?}");
        }
    }

    #[test]
    fn header_is_found_below_titles_and_empty_rows() {
        let cases: [(&str, &[&str]); 6] = [
            (
                "Pool FAQ 2024;;\n;;\nNr.;Frage;Antwort\n1;A?;1.\n2;B?;2.\n",
                &["4: A? = 1.", "5: B? = 2."],
            ),
            ("Our questions, and answers\n\nQuestion;Answer\nA?;1.\n", &["4: A? = 1."]),
            ("sep=;\nquestion;answer\nA, b?;1, 2.\n", &["3: A, b? = 1, 2."]),
            ("\"SEP=|\"\nA?|1; 2.\nB?|2; 3.\n", &["2: A? = 1; 2.", "3: B? = 2; 3."]),
            ("\n\nquestion,answer\nA?,1.\n", &["4: A? = 1."]),
            ("A?,1.\nName,Text\nB?,2.\n", &["1: A? = 1.", "2: Name = Text", "3: B? = 2."]),
        ];
        for (text, want) in cases {
            assert_eq!(found(text), want, "{text:?}");
        }
    }

    #[test]
    fn row_without_a_question_is_a_record_if_it_has_an_answer() {
        let text = "Kurse;Anfang;Wann?;Am Montag um neun Uhr.\nKurse;Was kostet es?;;Vier Euro für alle.\n\
                    Kurse;Ort;Wo?;Im Saal neben dem Bahnhof.\nKurse;;;\n";
        let want = [
            "1: Wann? = Am Montag um neun Uhr.",
            "2:  = Vier Euro für alle.",
            "3: Wo? = Im Saal neben dem Bahnhof.",
        ];
        assert_eq!(found(text), want);
    }

    #[test]
    fn columns_of_a_second_language_are_named_as_not_read() {
        let cases: [(&str, &[&str]); 3] = [
            (
                "question_en,answer_en,question_fr,answer_fr\nA?,1.,B?,2.\n",
                &["question_fr", "answer_fr"],
            ),
            ("Frage;Antwort;question;answer;Titel\nA?;1.;B?;2.;x\n", &["Frage", "Antwort"]),
            ("question,answer,notes,text\nA?,1.,x,y\n", &[]),
        ];
        for (text, want) in cases {
            let (_, layout) = read(text, &FieldChoice::default()).unwrap();
            assert_eq!(layout.not_read, want, "{text:?}");
        }
    }

    #[test]
    fn cell_that_holds_other_rows_is_an_error_with_its_line() {
        let cases = [
            ("Question,Answer\n\"A?\",\"never closed\nB?,2.\n", 2),
            ("Question,Answer\nA?,1.\n\nB?,\"two\nC?,3.\nD?,\"4.\"\n", 4),
            ("\"Question;Answer\nA?;1.\n", 1),
        ];
        for (text, line) in cases {
            let error = read(text, &FieldChoice::default()).unwrap_err();
            assert_eq!(error, ReadError::OpenCell { line }, "{text:?}");
        }
    }

    #[test]
    fn rows_with_more_cells_than_columns_are_errors_with_their_lines() {
        let cases = [
            "Question,Answer\nA?,Yes, but.\nB?,2.\nC?,3.\n",
            "A?,1.\nB?,Yes, but.\nC?,3.\nD?,4.\n",
        ];
        for text in cases {
            let error = read(text, &FieldChoice::default()).unwrap_err();
            let ReadError::Lines { errors } = error else { panic!("{error}") };
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            let want = "line 2: the row has 3 values, but there are 2 columns: put a text that contains ',' in \
                        quotation marks";
            assert_eq!(errors, [want], "{text:?}");
        }
    }

    #[test]
    fn columns_that_the_user_names_are_taken() {
        let text = "text,q2,Label\nA?,1.,t\n";
        let fields = FieldChoice::default().with(Field::Question, "TEXT").with(Field::Answer, "q2");
        let (records, layout) = read(text, &fields).unwrap();
        assert_eq!((&*records[0].question, &*records[0].answers[0].text), ("A?", "1."));
        assert_eq!((&*layout.question, &*layout.answer), ("text", "q2"));
        let error = read(text, &FieldChoice::default().with(Field::Id, "nr")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no field \"nr\"; there are \"text\", \"q2\", \"Label\""
        );
        assert!(matches!(read("no table\nat all\n", &fields), Err(ReadError::NoColumns)));
    }
}
