//! The blocks that are being read.

use crate::text::rich_text::{Block, Cell, Item, MAX_DEPTH};

/// A block with other blocks in it.
pub(super) enum OpenBlock {
    /// A document or quote.
    Blocks(Vec<Block>),
    List {
        start: Option<u64>,
        is_loose: bool,
        /// What is in items whose bullet is not read.
        before: Vec<Block>,
        items: Vec<Item>,
    },
    Item(Item),
    Table {
        rows: Vec<Vec<Cell>>,
        has_head: bool,
    },
}

/// The open blocks of a document.
pub(super) struct BlockStack {
    /// Those that are in the tree; the first one is the document.
    open: Vec<OpenBlock>,
    /// Whether each open block of the document is one of them.
    is_in_tree: Vec<bool>,
}

impl OpenBlock {
    pub(super) fn list(start: Option<u64>) -> Self {
        Self::List { start, is_loose: false, before: Vec::new(), items: Vec::new() }
    }

    pub(super) fn table() -> Self {
        Self::Table { rows: Vec::new(), has_head: false }
    }
}

impl BlockStack {
    pub(super) fn new() -> Self {
        Self { open: vec![OpenBlock::Blocks(Vec::new())], is_in_tree: Vec::new() }
    }

    /// Starts a block of the document: as a part of what it is in if it is `None`, or too deep.
    pub(super) fn start(&mut self, block: Option<OpenBlock>) {
        let block = block.filter(|_| self.open.len() <= MAX_DEPTH);
        self.is_in_tree.push(block.is_some());
        self.open.extend(block);
    }

    /// Starts an item, which has a mark if its bullet is read.
    pub(super) fn start_item(&mut self, has_mark: bool) {
        let is_of_list = self.is_in_tree.last() == Some(&true);
        if let Some(OpenBlock::List { start: Some(start), items, .. }) = self.open.last_mut()
            && is_of_list
            && items.is_empty()
            && !has_mark
        {
            *start = start.saturating_add(1);
        }
        self.start((has_mark && is_of_list).then(|| OpenBlock::Item(Item::default())));
    }

    /// Ends the block of the document that was started last.
    pub(super) fn end(&mut self) {
        if self.is_in_tree.pop() == Some(true) {
            self.close();
        }
    }

    /// Adds a block without blocks in it.
    pub(super) fn push(&mut self, block: Block) {
        match self.open.last_mut() {
            Some(OpenBlock::Blocks(blocks)) => blocks.push(block),
            Some(OpenBlock::Item(item)) => item.blocks.push(block),
            Some(OpenBlock::List { before, items, .. }) => match items.last_mut() {
                Some(item) => item.blocks.push(block),
                None => before.push(block),
            },
            // Tables have cells only.
            Some(OpenBlock::Table { .. }) | None => {}
        }
    }

    /// The blocks of the document.
    pub(super) fn finish(mut self) -> Vec<Block> {
        while self.open.len() > 1 {
            self.close();
        }
        match self.open.pop() {
            Some(OpenBlock::Blocks(blocks)) => blocks,
            _ => Vec::new(),
        }
    }

    /// Sets whether the box of the item is checked.
    pub(super) fn set_checked(&mut self, is_checked: bool) {
        if let Some(OpenBlock::Item(item)) = self.open.last_mut() {
            item.is_checked = Some(is_checked);
        }
    }

    /// Starts a paragraph: directly in an item, it makes its list a loose one.
    pub(super) fn start_paragraph(&mut self) {
        if let [.., OpenBlock::List { is_loose, .. }, OpenBlock::Item(_)] = self.open.as_mut_slice()
        {
            *is_loose = true;
        }
        self.start(None);
    }

    pub(super) fn is_in_table(&self) -> bool {
        matches!(self.open.last(), Some(OpenBlock::Table { .. }))
    }

    pub(super) fn start_row(&mut self) {
        if let Some(OpenBlock::Table { rows, .. }) = self.open.last_mut() {
            rows.push(Vec::new());
        }
        self.start(None);
    }

    pub(super) fn push_cell(&mut self, cell: Cell) {
        if let Some(OpenBlock::Table { rows, .. }) = self.open.last_mut()
            && let Some(row) = rows.last_mut()
        {
            row.push(cell);
        }
    }

    /// Ends a row, which is left out if it is empty.
    pub(super) fn end_row(&mut self, is_head: bool) {
        let Some(OpenBlock::Table { rows, has_head }) = self.open.last_mut() else { return };
        if rows.last().is_some_and(|row| row.iter().all(Vec::is_empty)) {
            rows.pop();
        } else if is_head {
            *has_head = true;
        }
    }

    fn close(&mut self) {
        match self.open.pop() {
            Some(OpenBlock::Blocks(blocks)) if !blocks.is_empty() => {
                self.push(Block::Quote(blocks));
            }
            Some(OpenBlock::Item(item)) => {
                if let Some(OpenBlock::List { items, .. }) = self.open.last_mut() {
                    items.push(item);
                }
            }
            Some(OpenBlock::List { start, is_loose, before, items }) => {
                before.into_iter().for_each(|block| self.push(block));
                if !items.is_empty() {
                    self.push(Block::List { start, is_loose, items });
                }
            }
            Some(OpenBlock::Table { rows, has_head }) => self.push_table(rows, has_head),
            Some(OpenBlock::Blocks(_)) | None => {}
        }
    }

    /// Adds a table, or a paragraph if only one cell is read.
    fn push_table(&mut self, mut rows: Vec<Vec<Cell>>, has_head: bool) {
        if rows.iter().flatten().filter(|cell| !cell.is_empty()).count() == 1 {
            let cell = rows.into_iter().flatten().find(|cell| !cell.is_empty());
            self.push(Block::Paragraph(cell.unwrap_or_default()));
        } else if !rows.is_empty() {
            let head = if has_head { rows.remove(0) } else { Vec::new() };
            self.push(Block::Table { head, rows });
        }
    }
}
