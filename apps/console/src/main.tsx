import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Shell } from './app/shell.tsx'
import { client } from './data/client.ts'
import './style/tokens.css'
import './style/base.css'
import './style/shell.css'
import './style/navigation.css'
import './style/palette.css'
import './style/buttons.css'
import './style/cards.css'
import './style/states.css'
import './style/charts.css'
import './style/tables.css'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <Shell />
    </QueryClientProvider>
  </StrictMode>,
)
